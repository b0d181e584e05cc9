package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Engine;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a JVM with Testcontainers ends, one way or the other: nothing. */
@Timeout(120)
class CleanUpIT {
  @RegisterExtension final TestEngine fixture = TestEngine.create();
  @TempDir Path temporary;
  private final List<Process> started = new ArrayList<>();

  @Test
  void nothingIsLeftByAJvmThatIsKilled() throws Exception {
    Process jvm = run("wait");
    assertThat(fixture.engine().containers().list()).hasSize(1);

    jvm.destroyForcibly().waitFor();

    assertAllGoes();
  }

  @Test
  void nothingIsLeftByAJvmThatExits() throws Exception {
    Process jvm = run("exit");

    assertThat(jvm.waitFor()).isZero();

    assertThat(left(fixture.engine())).isEmpty();
    assertAllGoes();
  }

  @Test
  void theNextJvmCleansUpWhenTheEngineWasKilledToo() throws Exception {
    Process jvm = run("wait");
    ProcessHandle engine = jvm.descendants().filter(CleanUpIT::isEngine).findFirst().orElseThrow();
    engine.destroyForcibly();
    engine.onExit().get();
    jvm.destroyForcibly().waitFor();
    assertThat(left(fixture.engine())).isNotEmpty();

    assertThat(Session.sweepDead(fixture.engine())).isEmpty();

    assertThat(left(fixture.engine())).isEmpty();
  }

  private static boolean isEngine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("\0" + EngineMain.class.getName() + "\0");
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void kill() {
    started.forEach(Process::destroyForcibly);
  }

  private Process run(String how) throws IOException {
    fixture.engine().images().tag(TestEngine.IMAGE, Offline.BUSYBOX);
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dberth.testcontainers=true",
                "-Dberth.root=" + fixture.dataDirectory(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Leaver.class.getName(),
                how)
            .redirectErrorStream(true)
            .start();
    started.add(jvm);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = out.readLine(); ; line = out.readLine()) {
      assertThat(line).as(all.toString()).isNotNull();
      all.append(line).append(System.lineSeparator());
      if (line.startsWith("started ")) {
        return jvm;
      }
    }
  }

  private static List<String> left(Engine engine) {
    return Stream.of(
            engine.containers().list().stream().map(c -> "container " + c.name()),
            engine.networks().list().stream()
                .filter(n -> n.spec().labels().containsKey("org.testcontainers"))
                .map(n -> "network " + n.name()),
            engine.volumes().list().stream().map(v -> "volume " + v.name()),
            engine.images().list().stream()
                .filter(i -> i.config().config().labels().containsKey("org.testcontainers"))
                .map(i -> "image " + i.tags()))
        .flatMap(s -> s)
        .toList();
  }

  /** The process that cleans up takes a moment to start. */
  private void assertAllGoes() {
    Await.pass(
        () -> {
          assertThat(left(fixture.engine())).isEmpty();
          assertThat(isClean()).isTrue();
        });
  }

  /** Neither the file of the session is left nor the directory of the socket. */
  private boolean isClean() throws IOException {
    File[] sessions = fixture.dataDirectory().resolve("sessions").toFile().listFiles();
    try (Stream<Path> sockets = Files.list(temporary)) {
      return (sessions == null || sessions.length == 0)
          && sockets.noneMatch(p -> p.getFileName().toString().startsWith("berth-tc-"));
    }
  }
}
