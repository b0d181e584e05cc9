package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.berth.api.Image;
import io.berth.api.PruneFilter;
import io.berth.api.StorageUsage.OfBuild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in the build cache, and for how long. */
class CacheKeepingIT {
  private static final String DOCKERFILE = "FROM base\nRUN write /one 1\nRUN write /two 2\n";

  @TempDir Path directory;
  private BuildFixture berth;
  private BuildCachePruner pruner;

  @BeforeEach
  void open() {
    berth = new BuildFixture(directory, "overlay");
    berth.base("f", "base");
    pruner = new BuildCachePruner(directory.resolve("data"), berth.store);
  }

  @AfterEach
  void close() {
    berth.close();
  }

  private List<OfBuild> entries(String kind) {
    return pruner.entries().stream().filter(each -> each.kind().equals(kind)).toList();
  }

  @Test
  void layersOfRemovedImagesStayForLaterBuilds() {
    Image image = berth.build(DOCKERFILE);
    berth.takeRuns();

    berth.images.remove(image.id().toString(), true);

    assertThat(entries("step")).noneMatch(OfBuild::shared).anyMatch(each -> each.size() > 0);
    berth.build(DOCKERFILE);
    assertThat(berth.takeRuns()).isEmpty();
  }

  @Test
  void pruningTheCacheRemovesLayersThatNoImageNeeds() {
    Image image = berth.build(DOCKERFILE);
    berth.images.remove(image.id().toString(), true);

    assertThat(pruner.prune(0, PruneFilter.ALL).bytes()).isPositive();

    assertThat(entries("step")).isEmpty();
    assertThat(berth.snapshotter.list()).hasSize(1); // the base image's
    assertThat(berth.store.cachedLayers().all()).isEmpty();
  }

  @Test
  void layersOfAPrunedCacheGoWithTheirImage() {
    Image image = berth.build(DOCKERFILE);
    pruner.prune(0, PruneFilter.ALL);
    assertThat(berth.read(image, "/two")).contains("2");

    berth.images.remove(image.id().toString(), true);

    assertThat(berth.snapshotter.list()).hasSize(1);
  }

  @Test
  void whatABuildHasUsedIsYoungAgain() throws IOException {
    berth.build(DOCKERFILE);
    berth.build("FROM base\nRUN write /other 1\n");
    Instant before = Instant.now().minus(Duration.ofHours(2));
    try (Stream<Path> files = Files.walk(directory.resolve("data/cache/steps"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Files.setLastModifiedTime(file, FileTime.from(before));
      }
    }

    berth.build(DOCKERFILE);
    pruner.prune(
        0,
        new PruneFilter(
            Optional.of(Instant.now().minus(Duration.ofHours(1))), List.of(), List.of()));
    berth.takeRuns();
    berth.build(DOCKERFILE);
    assertThat(berth.takeRuns()).isEmpty();
    berth.build("FROM base\nRUN write /other 1\n");
    assertThat(berth.takeRuns()).hasSize(1);
  }

  @Test
  void whatIsKnownOfContextsGoesWhenItIsUnused() throws Exception {
    Path kept = directory.resolve("data/cache/stat");
    berth.write("file", "content");
    Thread.sleep(100); // of a file that was written just now nothing is kept
    String dockerfile = "FROM base\nCOPY . /\n";
    berth.build(dockerfile);
    Path stat;
    try (Stream<Path> files = Files.list(kept)) {
      stat = files.findFirst().orElseThrow();
    }

    pruner.prune(Long.MAX_VALUE, PruneFilter.ALL);
    assertThat(stat).exists();
    Files.setLastModifiedTime(stat, FileTime.from(Instant.now().minus(Duration.ofDays(40))));
    berth.build(dockerfile);
    pruner.prune(Long.MAX_VALUE, PruneFilter.ALL);
    assertThat(stat).exists();
    Files.setLastModifiedTime(stat, FileTime.from(Instant.now().minus(Duration.ofDays(40))));
    pruner.prune(Long.MAX_VALUE, PruneFilter.ALL);
    assertThat(stat).doesNotExist();
  }

  @Test
  void whatManyStepsSayIsReadOnce() throws IOException {
    StringBuilder text = new StringBuilder("FROM base\n");
    for (int i = 0; i < 40; i++) {
      text.append("LABEL step").append(i).append("=x\n");
    }
    berth.build(text.toString());
    Path steps = directory.resolve("data/cache/steps");
    Path one = Files.createDirectories(steps.resolve("ab"));
    Path known;
    try (Stream<Path> files = Files.find(steps, 2, (p, a) -> a.isRegularFile())) {
      known = files.findFirst().orElseThrow();
    }
    for (int i = 0; i < 30; i++) {
      Files.copy(known, one.resolve("ab" + String.format("%062x", i)));
    }
    int all = entries("step").size();

    assertThat(one.resolve(".summary")).exists();
    // Another process has the same, also where the summary is older than a step, or damaged.
    Files.delete(one.resolve("ab" + String.format("%062x", 3)));
    Files.copy(known, one.resolve("ab" + String.format("%062x", 30)));
    Files.copy(known, one.resolve("ab" + String.format("%062x", 31)));
    pruner = new BuildCachePruner(directory.resolve("data"), berth.store);
    List<OfBuild> again = entries("step");
    assertThat(again).hasSize(all + 1);
    Files.writeString(one.resolve(".summary"), "torn");
    pruner = new BuildCachePruner(directory.resolve("data"), berth.store);
    assertThat(entries("step")).containsExactlyInAnyOrderElementsOf(again);
  }

  @Test
  void downloadsAreCountedAndPruned() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/file",
        exchange -> {
          exchange.getResponseHeaders().add("ETag", "\"1\"");
          exchange.sendResponseHeaders(200, 1000);
          try (var out = exchange.getResponseBody()) {
            out.write(new byte[1000]);
          }
        });
    server.start();
    try {
      berth.build("FROM base\nADD http://127.0.0.1:" + server.getAddress().getPort() + "/file /\n");
    } finally {
      server.stop(0);
    }

    assertThat(entries("download")).extracting(OfBuild::size).containsExactly(1000L);
    pruner.prune(0, PruneFilter.ALL);
    assertThat(entries("download")).isEmpty();
    try (Stream<Path> files = Files.list(directory.resolve("data/cache/http"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatSharesFilesWithAnotherLayerOutlivesIt() throws IOException {
    for (int i = 0; i < 150; i++) {
      berth.write("src/f" + i, "content " + i);
    }
    Image first = berth.build("FROM base\nCOPY src /app\n");
    berth.write("src/f3", "other");
    Image second = berth.build("FROM base\nCOPY src /app\n");

    berth.images.remove(first.id().toString(), true);
    pruner.prune(0, PruneFilter.ALL);
    assertThat(berth.read(second, "/app/f4")).contains("content 4");
    assertThat(berth.read(second, "/app/f3")).contains("other");

    berth.images.remove(second.id().toString(), true);
    pruner.prune(0, PruneFilter.ALL);
    assertThat(berth.snapshotter.list()).hasSize(1);
  }
}
