package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.berth.api.Image;
import io.berth.api.ImportRequest;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.Snapshotter;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreIT {
  @TempDir Path data;
  private final List<String> containers = new ArrayList<>();
  private Snapshotter snapshotter;
  private ImageStore store;
  private DefaultImages images;

  @BeforeEach
  void open() {
    snapshotter = TestImages.snapshotter(data, "copy");
    store = TestImages.store(data, snapshotter, image -> containers);
    images = TestImages.images(store, TestImages.noBuilder(), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    snapshotter.close();
  }

  @Test
  void importedImageIsFoundByItsNamesAndIds() {
    Image image = imported("one", "app");
    String hex = image.id().hex();

    for (String name :
        List.of(
            "app",
            "app:latest",
            "docker.io/library/app",
            hex,
            "sha256:" + hex,
            hex.substring(0, 12),
            "sha256:" + hex.substring(0, 3))) {
      assertThat(images.find(name)).as(name).contains(image);
    }
    assertThat(image.tags()).extracting(Reference::familiar).containsExactly("app:latest");
    assertThat(image.size()).isPositive();
    assertThat(images.find("other")).isEmpty();
    assertThatThrownBy(() -> images.get("other"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("No such image: other");
  }

  @Test
  void changesBecomeTheConfiguration() {
    Image image =
        request("one")
            .change("ENV A=b C=d")
            .change("WORKDIR /w")
            .change("USER me")
            .change("EXPOSE 80 53/udp")
            .change("LABEL x=y")
            .change("ENTRYPOINT [\"/bin/a\"]")
            .change("CMD echo hi")
            .execute();

    var config = image.config().config();
    assertThat(config.env()).containsExactly("A=b", "C=d");
    assertThat(config.workingDir()).contains("/w");
    assertThat(config.user()).contains("me");
    assertThat(config.exposedPorts()).containsExactly("53/udp", "80/tcp");
    assertThat(config.labels()).containsEntry("x", "y");
    assertThat(config.entrypoint()).containsExactly("/bin/a");
    assertThat(config.cmd()).containsExactly("/bin/sh", "-c", "echo hi");
    assertThat(image.config().history()).hasSize(1);
  }

  @Test
  void badChangeIsRefusedBeforeTheTarIsRead() {
    ByteArrayInputStream tar = new ByteArrayInputStream(TestImages.tar("f", "one"));

    assertThatThrownBy(() -> images.importRootfs(tar).change("RUN make").execute())
        .isInstanceOf(InvalidInputException.class);

    assertThat(tar.available()).isPositive();
    assertThat(images.list()).isEmpty();
  }

  @Test
  void brokenTarLeavesNothing() {
    byte[] tar = TestImages.tar("f", "one");
    byte[] cut = Arrays.copyOf(tar, 300);

    assertThatThrownBy(() -> images.importRootfs(new ByteArrayInputStream(cut)).execute())
        .isInstanceOf(InvalidInputException.class);

    assertThat(snapshotter.list()).isEmpty();
    assertThat(images.list()).isEmpty();
  }

  @Test
  void compressedTarGivesTheSameLayer() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(TestImages.tar("f", "one"));
    }

    Image plain = imported("one", "plain");
    Image packed = images.importRootfs(new ByteArrayInputStream(gzip.toByteArray())).execute();

    assertThat(packed.config().diffIds()).isEqualTo(plain.config().diffIds());
    assertThat(snapshotter.list()).hasSize(1);
  }

  @Test
  void tarIsReadFromAWebServer() throws IOException {
    byte[] tar = TestImages.tar("f", "one");
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/rootfs.tar");
          exchange.sendResponseHeaders(302, -1);
        });
    server.createContext(
        "/rootfs.tar",
        exchange -> {
          exchange.sendResponseHeaders(200, tar.length);
          exchange.getResponseBody().write(tar);
          exchange.close();
        });
    server.createContext("/none", exchange -> exchange.sendResponseHeaders(404, -1));
    server.start();
    try {
      String base = "http://localhost:" + server.getAddress().getPort();
      Image image = images.importRootfs(URI.create(base + "/moved")).tag("app").execute();

      assertThat(image.config().diffIds()).containsExactly(Digest.sha256(tar));
      assertThat(image.config().history().get(0).comment())
          .contains("Imported from " + base + "/moved");
      assertThatThrownBy(() -> images.importRootfs(URI.create(base + "/none")).execute())
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("404");
      assertThatThrownBy(() -> images.importRootfs(URI.create("file:///etc/passwd")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("http");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void nameMovesToTheNewImage() {
    Image first = imported("one", "app");
    Image second = imported("two", "app");

    assertThat(images.get("app").id()).isEqualTo(second.id());
    assertThat(images.get(first.id().toString()).tags()).isEmpty();
  }

  @Test
  void removingANameKeepsTheImageUntilTheLastOne() {
    Image image = imported("one", "app");
    images.tag("app", "other:2");

    List<String> first = images.remove("app", false);
    List<String> second = images.remove("other:2", false);

    assertThat(first).containsExactly("Untagged: app:latest");
    assertThat(second)
        .containsExactly(
            "Untagged: other:2",
            "Deleted: " + image.id(),
            "Deleted: " + image.config().diffIds().get(0));
    assertThat(images.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
  }

  @Test
  void imageWithSeveralNamesIsRemovedByIdOnlyWithForce() {
    Image image = imported("one", "app");
    images.tag("app", "other");

    assertThatThrownBy(() -> images.remove(image.shortId(), false))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("app:latest, other:latest");
    images.remove(image.shortId(), true);

    assertThat(images.list()).isEmpty();
  }

  @Test
  void usedImageIsNotRemoved() {
    Image image = imported("one", "app");
    containers.add("web");

    assertThatThrownBy(() -> images.remove("app", true))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("web");

    assertThat(images.get("app")).isEqualTo(image);
  }

  @Test
  void layerOfTwoImagesStaysWithTheOther() {
    imported("same", "a");
    Image other = request("same").tag("b").change("CMD b").execute();

    images.remove("a", false);

    assertThat(images.list()).containsExactly(other);
    assertThat(snapshotter.list()).hasSize(1);
  }

  @Test
  void layersThatSomebodyWorksWithAreRemovedLater() {
    imported("one", "app");

    try (WorkLease lease = store.lease()) {
      assertThat(lease.begin()).isNotEmpty();
      images.remove("app", false);
      assertThat(snapshotter.list()).hasSize(1);
    }

    assertThat(snapshotter.list()).isEmpty();
  }

  @Test
  void unfinishedSnapshotsOfAKilledProcessAreCollectedByTheNextOpen() throws IOException {
    Path marker = data.resolve("images/work/work-1");
    Files.createDirectories(marker.getParent());
    Files.createFile(marker);
    snapshotter.prepare("work-1", Optional.empty());

    TestImages.store(data, snapshotter, image -> List.of());

    assertThat(snapshotter.list()).isEmpty();
  }

  @Test
  void ambiguousPrefixIsRefused() {
    String prefix = "";
    for (int i = 0; prefix.isEmpty(); i++) {
      imported("content " + i, "app" + i);
      List<String> starts =
          images.list().stream().map(image -> image.id().hex().substring(0, 1)).toList();
      prefix =
          starts.stream()
              .filter(start -> starts.indexOf(start) != starts.lastIndexOf(start))
              .findFirst()
              .orElse("");
    }
    String ambiguous = "sha256:" + prefix;

    assertThatThrownBy(() -> images.find(ambiguous))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Ambiguous")
        .hasMessageContaining("more digits");
  }

  @Test
  void otherEngineSeesTheSameImages() {
    Image image = imported("one", "app");
    DefaultImages other =
        TestImages.images(
            TestImages.store(data, snapshotter, id -> List.of()),
            TestImages.noBuilder(),
            Clock.systemUTC());

    assertThat(other.get("app")).isEqualTo(image);
    other.remove("app", false);

    assertThat(images.find("app")).isEmpty();
    assertThat(images.list()).isEmpty();
  }

  @Test
  void digestInANewNameIsRefused() {
    Image image = imported("one", "app");
    Digest digest = image.id();

    assertThatThrownBy(() -> images.tag("app", "x@" + digest))
        .isInstanceOf(InvalidInputException.class);
  }

  private Image imported(String content, String name) {
    return request(content).tag(name).execute();
  }

  private ImportRequest request(String content) {
    return images.importRootfs(new ByteArrayInputStream(TestImages.tar("f", content)));
  }
}
