package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.PruneFilter;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.dockerfile.Dockerfile;
import io.berth.testing.Await;
import io.berth.testing.BusyboxImage;
import io.berth.testing.ChildJvm;
import io.berth.testing.FaultyRegistry;
import io.berth.testing.Leaks;
import io.berth.testing.RemoteImage;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Much at once on one store; script/stress prints what it takes. */
class SharedStoreIT {
  private static final int JVMS = 4;
  private static final int AT_A_TIME = 5;
  private static final int RUNNING = 100;

  @RegisterExtension final TestEngine fixture = TestEngine.create();

  /** Builds and pulls at once: what is the same for all and what is each one's own. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws Exception {
      System.out.println("ready");
      System.in.read();
      try (Engine berth = Berth.open(Path.of(args[0]))) {
        ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
        List<Callable<String>> work = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
          String own = args[2] + "-" + i;
          work.add(() -> build(berth, "own:" + own, own));
          work.add(() -> build(berth, "same:" + own, "same"));
          String remote = args[1] + ":" + i;
          work.add(() -> berth.images().pull(remote).execute().id().toString());
        }
        for (Future<String> done : pool.invokeAll(work)) {
          done.get();
        }
        pool.shutdown();
      }
    }

    private static String build(Engine berth, String tag, String text) {
      Dockerfile file =
          Dockerfile.parse(
              "FROM "
                  + TestEngine.IMAGE
                  + "\nRUN mkdir /a && echo same > /a/same\nRUN echo "
                  + text
                  + " > /a/text\n",
              "Dockerfile");
      return berth.images().build(file).tag(tag).execute().id().toString();
    }
  }

  @Test
  void buildsAndPullsAtOnceFromFourJvms() throws Exception {
    Engine berth = fixture.engine();
    List<String> before;
    try (FaultyRegistry registry = FaultyRegistry.start()) {
      byte[] rootfs = BusyboxImage.tar();
      for (int i = 0; i < AT_A_TIME; i++) {
        RemoteImage.put(
            registry, Integer.toString(i), rootfs, CrashPointIT.file("a/text", "pulled-" + i));
      }
      String repository = registry.address() + "/pulled";
      // The image of the test has a layer of it, whose blob stays with it.
      berth.images().pull(repository + ":0").execute();
      berth.images().remove(repository + ":0", true);
      before = kept();
      List<ChildJvm> jvms = new ArrayList<>();
      try {
        for (int i = 0; i < JVMS; i++) {
          jvms.add(
              ChildJvm.start(
                  Worker.class,
                  "ready",
                  fixture.dataDirectory().toString(),
                  repository,
                  Integer.toString(i)));
        }
        long start = System.nanoTime();
        for (ChildJvm jvm : jvms) {
          jvm.say("go");
        }
        for (ChildJvm jvm : jvms) {
          assertThat(jvm.waitFor()).as(jvm::output).isZero();
        }
        System.out.printf(
            "%d builds and %d pulls at once from %d JVMs: %d ms%n",
            2 * JVMS * AT_A_TIME, JVMS * AT_A_TIME, JVMS, (System.nanoTime() - start) / 1_000_000);
      } finally {
        jvms.forEach(ChildJvm::close);
      }

      for (int i = 0; i < AT_A_TIME; i++) {
        assertThat(text(berth, repository + ":" + i)).isEqualTo("pulled-" + i);
        for (int jvm = 0; jvm < JVMS; jvm++) {
          assertThat(text(berth, "own:" + jvm + "-" + i)).isEqualTo(jvm + "-" + i);
          assertThat(text(berth, "same:" + jvm + "-" + i)).isEqualTo("same");
        }
      }
    }

    for (Image image : berth.images().list()) {
      if (image.tags().stream().noneMatch(tag -> tag.familiar().equals(TestEngine.IMAGE))) {
        berth.images().remove(image.id().toString(), true);
      }
    }
    berth.storage().pruneBuildCache(new BuildCachePrune(0, PruneFilter.ALL));
    assertThat(kept()).isEqualTo(before);
    Leaks.assertNone(berth);
  }

  private static String text(Engine berth, String image) {
    try (Container c =
        berth
            .containers()
            .create(image)
            .network(NetworkMode.NONE)
            .command("cat", "/a/text")
            .start()) {
      assertThat(c.waitForExit()).isZero();
      return c.logs().stdout().strip();
    }
  }

  @Test
  void aHundredContainersAtOnce() throws Exception {
    Engine berth = fixture.engine();
    List<String> before = kept();
    long descriptors = count("/proc/self/fd");
    long mounts = lines("/proc/self/mountinfo");
    long start = System.nanoTime();
    List<Container> all =
        IntStream.range(0, RUNNING)
            .mapToObj(
                i ->
                    berth
                        .containers()
                        .create(TestEngine.IMAGE)
                        .network(NetworkMode.NONE)
                        .command("sh", "-c", "echo " + i + " > /number; exec sleep 1000")
                        .start())
            .toList();
    long started = System.nanoTime() - start;
    for (int i = 0; i < RUNNING; i++) {
      assertThat(all.get(i).exec("cat", "/number").execute().stdout()).isEqualTo(i + "\n");
    }
    System.out.printf(
        "%d containers at once: started in %d ms, %d KiB in all monitors, %d descriptors and %d mounts"
            + " more in this JVM%n",
        RUNNING,
        started / 1_000_000,
        monitors(all),
        count("/proc/self/fd") - descriptors,
        lines("/proc/self/mountinfo") - mounts);

    all.forEach(container -> container.remove(true));

    Leaks.assertNone(berth);
    assertThat(kept()).isEqualTo(before);
    Await.pass(() -> assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 8));
  }

  /** The containers, images, blobs and how many snapshots there are. */
  private List<String> kept() throws IOException {
    List<String> kept = new ArrayList<>();
    Path data = fixture.dataDirectory();
    for (String each : List.of("containers", "images/ids", "blobs/sha256", "ingest")) {
      try (Stream<Path> all = Files.list(data.resolve(each))) {
        all.map(path -> data.relativize(path).toString()).sorted().forEach(kept::add);
      }
    }
    kept.add(count(data.resolve("snapshots/keys").toString()) + " snapshots");
    return kept;
  }

  private long monitors(List<Container> containers) throws IOException {
    long kib = 0;
    for (Container container : containers) {
      Path file = fixture.dataDirectory().resolve("containers/" + container.id() + "/monitor");
      String pid = Files.readString(file).strip().split(" +")[0];
      try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
        kib +=
            lines
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.split(" +")[1]))
                .sum();
      }
    }
    return kib;
  }

  private static long count(String directory) throws IOException {
    try (Stream<Path> all = Files.list(Path.of(directory))) {
      return all.count();
    }
  }

  private static long lines(String file) throws IOException {
    try (Stream<String> all = Files.lines(Path.of(file))) {
      return all.count();
    }
  }
}
