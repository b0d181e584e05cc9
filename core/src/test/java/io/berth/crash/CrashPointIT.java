package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.NetworkMode;
import io.berth.crash.CrashPoint.Outcome;
import io.berth.testing.Await;
import io.berth.testing.BusyboxImage;
import io.berth.testing.FaultyRegistry;
import io.berth.testing.Leaks;
import io.berth.testing.RemoteImage;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that is killed before any of the changes that an operation makes loses nothing that was
 * acknowledged, and what is half done is not seen, can be done again, and leaves nothing.
 */
class CrashPointIT {
  // script/stress tries every point.
  private static final int POINTS = Integer.getInteger("berth.crash.points", 3);

  // Each is a file to unpack, and so some points.
  private static final List<String> APPLETS =
      List.of("sh", "cat", "cp", "ls", "mkdir", "mv", "ln", "rm", "sleep", "test", "true", "wc");

  @TempDir Path directory;
  private Path data;
  private CrashPoint crash;
  private FaultyRegistry registry;
  private String remote;

  @BeforeEach
  void prepare() throws Exception {
    data = directory.resolve("data");
    registry = FaultyRegistry.start();
    remote = registry.address() + "/crashed:1";
    byte[] rootfs = BusyboxImage.tar(APPLETS);
    RemoteImage.put(registry, "1", rootfs, file("data/made", "from a registry"));
    crash = CrashPoint.compile(directory, data);
    try (Engine berth = Berth.open(data)) {
      berth.images().importRootfs(new ByteArrayInputStream(rootfs)).tag(TestEngine.IMAGE).execute();
      berth.volumes().create("kept").execute();
      assertThat(kept(berth, "echo kept > /kept/file").waitForExit()).isZero();
    }
  }

  @AfterEach
  void close() throws Exception {
    registry.close();
    if (Files.isDirectory(data)) {
      try (Engine berth = Berth.open(data)) {
        berth.containers().list().forEach(container -> container.remove(true));
        Leaks.assertNone(berth);
      }
    }
  }

  static byte[] file(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      byte[] text = content.getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(text.length);
      tar.putArchiveEntry(entry);
      tar.write(text);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static Container kept(Engine berth, String command) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .name("kept")
        .network(NetworkMode.NONE)
        .volume("kept", "/kept")
        .command("sh", "-c", command)
        .detached(true)
        .start();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.berth.crash.Operation#all")
  void killedBeforeAnyChange(Operation operation) throws Exception {
    try (Engine berth = Berth.open(data)) {
      operation.prepare(berth, directory);
    }
    Outcome whole = crash.run(0, operation, remote);
    assertThat(whole.acknowledged()).isTrue();
    int changes = whole.changes().size();
    assertThat(changes).isPositive();
    List<String> files = repair(operation, whole);

    int points = Math.min(POINTS, changes);
    System.out.printf("%s: killed before %d of %d changes%n", operation, points, changes);
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      int point = 1 + (int) ((long) i * changes / points);
      Outcome outcome = crash.run(point, operation, remote);
      try {
        if (!operation.leavesRunning()) {
          awaitEnd();
        }
        age();
        List<String> left = new ArrayList<>(repair(operation, outcome));
        files.forEach(left::remove);
        assertThat(left).as("left").isEmpty();
      } catch (RuntimeException | AssertionError e) {
        failures.add("killed before change " + point + ", " + outcome.last() + ": " + e);
        e.printStackTrace(System.out);
      }
    }
    assertThat(failures).isEmpty();
  }

  /**
   * Looks at what is left with a new engine, does the operation again and undoes it.
   *
   * @return the files of the data directory after that
   */
  private List<String> repair(Operation operation, Outcome outcome) throws Exception {
    try (Engine berth = Berth.open(data)) {
      boolean seen = operation.isSeen(berth, remote);
      if (outcome.acknowledged()) {
        assertThat(seen).as("acknowledged").isEqualTo(operation.isMaking());
      }
      if (seen != operation.isMaking()) {
        operation.act(berth, remote);
      }
      assertThat(operation.isSeen(berth, remote)).isEqualTo(operation.isMaking());
      operation.undo(berth, remote);

      berth.containers().get("kept").remove(false);
      Container again = kept(berth, "cat /kept/file");
      assertThat(again.waitForExit()).isZero();
      assertThat(again.logs().stdout()).isEqualTo("kept\n");
    }
    return files();
  }

  /** As if some time had passed, after which temporary files can be nobody's that lives. */
  private void age() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    try (Stream<Path> all = Files.walk(data, 3)) {
      for (Path file : all.filter(this::isTemporary).toList()) {
        Files.setLastModifiedTime(file, old);
      }
    }
  }

  private boolean isTemporary(Path file) {
    return file.getFileName().toString().startsWith(".") || file.startsWith(data.resolve("ingest"));
  }

  /** Owned containers, such as a build's, end after the process that was killed. */
  private void awaitEnd() {
    Await.pass(() -> assertThat(Leaks.processes(data)).isEmpty());
  }

  /**
   * What is kept, without the ids and numbers that differ each time, what the journal has, and the
   * directories among which the steps of builds are spread.
   */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(data, 3)) {
      return all.map(path -> data.relativize(path).toString())
          .filter(name -> !name.matches("events/.*|cache/steps/[0-9a-f]{2}|.*/[.]lock"))
          .map(name -> name.replaceAll("[0-9a-f]{64}", "ID").replaceAll("/[0-9]+(?=/|$)", "/N"))
          .sorted()
          .toList();
    }
  }
}
