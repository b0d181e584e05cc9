package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.LaunchException;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.NotFoundException;
import io.berth.testing.Leaks;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real containers of busybox. */
class ContainerIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  @Test
  void outputAndExitCodeAreThoseOfTheCommand() {
    try (Container c = FIXTURE.shell("echo out; echo err >&2; exit 42")) {
      c.start();

      assertThat(c.waitForExit()).isEqualTo(42);
      assertThat(c.logs().stdout()).isEqualTo("out\n");
      assertThat(c.logs().stderr()).isEqualTo("err\n");
      assertThat(c.state().status()).isEqualTo(Status.EXITED);
      assertThat(c.state().exitCode()).contains(42);
      assertThat(c.state().finished()).isPresent();
    }
  }

  @Test
  void aSignalGivesExitCode128AndItsNumber() {
    try (Container c = FIXTURE.shell("kill -9 $$; sleep 100")) {
      c.start();
      c.kill("KILL");

      assertThat(c.waitForExit()).isEqualTo(137);
    }
  }

  @Test
  void standardInputIsReadToItsEnd() {
    byte[] input = new byte[3_000_000];
    Arrays.fill(input, (byte) 'x');
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("wc", "-c")
            .stdin(new ByteArrayInputStream(input))
            .output(out, OutputStream.nullOutputStream())
            .start()) {
      assertThat(c.waitForExit()).isZero();
    }

    assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("3000000");
  }

  @Test
  void inputAndOutputGoHandInHand() throws Exception {
    PipedOutputStream toContainer = new PipedOutputStream();
    PipedInputStream fromContainer = new PipedInputStream(1 << 16);
    try (InputStream in = new PipedInputStream(toContainer);
        OutputStream out = new PipedOutputStream(fromContainer);
        Container c =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("cat")
                .stdin(in)
                .output(out, out)
                .start()) {
      for (String line : List.of("one\n", "two\n")) {
        toContainer.write(line.getBytes(StandardCharsets.UTF_8));
        toContainer.flush();
        assertThat(fromContainer.readNBytes(4)).asString(StandardCharsets.UTF_8).isEqualTo(line);
      }
      toContainer.close();

      assertThat(c.waitForExit()).isZero();
    }
  }

  @Test
  void muchBinaryOutputComesThroughUnchanged() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("dd", "if=/dev/zero", "bs=65536", "count=320")
            .output(out, OutputStream.nullOutputStream())
            .start()) {
      assertThat(c.waitForExit()).isZero();
    }

    assertThat(out.size()).isEqualTo(320 * 65536);
  }

  @Test
  void aContainerWhoseOutputNobodyReadsCanBeKilled() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sh", "-c", "while true; do echo 0123456789012345678901234567890; done")
            .start()) {
      c.kill("KILL");

      assertThat(c.waitForExit()).isEqualTo(137);
    }
  }

  @Test
  void itsInitIsAChildOfItsMonitor() throws Exception {
    try (Container c = FIXTURE.shell("sleep 100")) {
      c.start();
      ProcessHandle init = ProcessHandle.of(c.pid().orElseThrow()).orElseThrow();
      long parent = init.parent().orElseThrow().pid();

      assertThat(Files.readString(Path.of("/proc/" + parent + "/comm")).strip())
          .isEqualTo("berth-monitor");
      assertThat(Files.readString(Path.of("/proc/" + init.pid() + "/comm")).strip())
          .isIn("sh", "exe", "sleep"); // busybox executes itself for its applets
    }
  }

  @Test
  void aUserIsLookedUpInTheImage() {
    TestAccess.assumeIds();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .user("nobody")
            .command("sh", "-c", "id -un; grep CapEff /proc/self/status; echo x > /dev/stdout")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("nobody\nCapEff:\t0000000000000000\nx\n");
    }
    assertThatThrownBy(
            () -> berth.containers().create(TestEngine.IMAGE).user("ghost").command("id").start())
        .hasMessageContaining("ghost");
  }

  @Test
  void theWorkingDirectoryIsMadeWhenItIsMissing() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .workdir("/a/b/c")
            .env("GREETING", "hello world")
            .command("sh", "-c", "pwd; echo $GREETING $HOME")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("/a/b/c\nhello world /root\n");
    }
  }

  @Test
  void whatIsWrittenStaysFromStartToStart() {
    try (Container c = FIXTURE.shell("echo run >> /runs; cat /runs")) {
      c.start();
      c.waitForExit();
      c.start();
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("run\nrun\nrun\n");
    }
  }

  @Test
  void aCommandThatIsNotThereGives127() {
    assertThatThrownBy(() -> berth.containers().create(TestEngine.IMAGE).command("nosuch").start())
        .isInstanceOfSatisfying(
            LaunchException.class,
            e -> {
              assertThat(e.stage()).isEqualTo("exec");
              assertThat(e.path()).isEqualTo("nosuch");
              assertThat(e.errno()).isEqualTo(Errno.ENOENT);
              assertThat(e.exitCode()).isEqualTo(127);
            })
        .hasMessageContaining("PATH");
  }

  @Test
  void aFileThatIsNoProgramGives126() {
    assertThatThrownBy(
            () -> berth.containers().create(TestEngine.IMAGE).command("/etc/passwd").start())
        .isInstanceOfSatisfying(
            LaunchException.class, e -> assertThat(e.exitCode()).isEqualTo(126));
  }

  @Test
  void stopAsksFirstAndKillsThen() {
    try (Container c =
        FIXTURE.shell("trap 'echo bye; exit 7' TERM; while true; do sleep 0.1; done")) {
      c.start();
      awaitRunning(c);
      c.stop(LONG);

      assertThat(c.waitForExit()).isEqualTo(7);
      assertThat(c.logs().stdout()).isEqualTo("bye\n");
    }
    try (Container c = FIXTURE.shell("trap '' TERM; while true; do sleep 0.1; done")) {
      c.start();
      awaitRunning(c);
      c.stop(Duration.ofMillis(300));

      assertThat(c.waitForExit()).isEqualTo(137);
    }
  }

  /** Until the shell has set its trap: it has begun to run a child. */
  private static void awaitRunning(Container c) {
    ProcessHandle init = ProcessHandle.of(c.pid().orElseThrow()).orElseThrow();
    while (init.isAlive() && init.children().findAny().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aNameIsGivenOnce() {
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).name("only").command("true").create()) {
      assertThat(berth.containers().get("only").id()).isEqualTo(c.id());
      assertThat(berth.containers().get(c.id().substring(0, 10)).name()).isEqualTo("only");
      assertThatThrownBy(
              () -> berth.containers().create(TestEngine.IMAGE).name("only").command("x").create())
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("only");
    }
    assertThat(berth.containers().find("only")).isEmpty();
    assertThatThrownBy(() -> berth.containers().get("only")).isInstanceOf(NotFoundException.class);
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).name("only").command("true").create()) {
      assertThat(c.state().status()).isEqualTo(Status.CREATED);
    }
  }

  @Test
  void aRunningContainerIsRemovedOnlyByForce() {
    Container c = FIXTURE.shell("sleep 100");
    c.start();

    assertThatThrownBy(() -> c.remove(false)).isInstanceOf(ConflictException.class);
    assertThatThrownBy(c::start).isInstanceOf(ConflictException.class);
    c.remove(true);

    assertThat(berth.containers().find(c.id())).isEmpty();
  }

  @Test
  void autoRemoveRemovesAtTheEnd() {
    Container c =
        berth.containers().create(TestEngine.IMAGE).command("true").autoRemove(true).start();

    assertThat(c.waitForExit()).isZero();

    assertThat(berth.containers().find(c.id())).isEmpty();
  }

  @Test
  void aDetachedContainerOutlivesItsEngine() {
    String id;
    try (Engine first = Berth.open(FIXTURE.dataDirectory())) {
      id =
          first
              .containers()
              .create(TestEngine.IMAGE)
              .command("sh", "-c", "while [ ! -e /stop ]; do sleep 0.1; done; echo done; exit 5")
              .detached(true)
              .start()
              .id();
    }
    try (Engine second = Berth.open(FIXTURE.dataDirectory())) {
      Container found = second.containers().get(id);
      assertThat(found.state().status()).isEqualTo(Status.RUNNING);
      assertThat(found.waitForExit(Duration.ofMillis(50))).isEmpty();

      found.kill("KILL");
      assertThat(found.waitForExit()).isEqualTo(137);
      found.remove(false);
    }
  }

  @Test
  void aContainerOfAClosedEngineIsKilled() {
    String id;
    try (Engine first = Berth.open(FIXTURE.dataDirectory())) {
      id = first.containers().create(TestEngine.IMAGE).command("sleep", "100").start().id();
    }
    Container found = berth.containers().get(id);

    assertThat(found.state().status()).isEqualTo(Status.EXITED);
    assertThat(found.waitForExit()).isEqualTo(137);
    found.remove(false);
  }

  @Test
  void aKilledMonitorTakesItsContainerAlongAndIsNoticed() throws Exception {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sleep", "100")
            .detached(true)
            .start()) {
      ProcessHandle init = ProcessHandle.of(c.pid().orElseThrow()).orElseThrow();
      init.parent().orElseThrow().destroyForcibly();
      init.onExit().get();

      try (Engine later = Berth.open(FIXTURE.dataDirectory())) {
        assertThat(later.containers().get(c.id()).state().status()).isEqualTo(Status.EXITED);
        assertThat(later.containers().get(c.id()).state().exitCode()).contains(137);
      }
      c.remove(true);
    }
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    try (Container c = FIXTURE.shell("echo x > /file")) {
      c.start();
      c.waitForExit();
      c.remove(false);

      assertThat(FIXTURE.dataDirectory().resolve("containers").resolve(c.id())).doesNotExist();
      assertThat(Leaks.cgroups(c.id())).isEmpty();
    }
    // Others may be at work on this machine, so only what names this engine's directory counts.
    assertThat(Files.readString(Path.of("/proc/self/mounts")))
        .doesNotContain(FIXTURE.dataDirectory().toString());
  }

  @Test
  void badInputIsRefusedWithAHint() {
    var create = berth.containers().create(TestEngine.IMAGE);

    assertThatThrownBy(() -> create.memory("lots")).hasMessageContaining("256m");
    assertThatThrownBy(() -> create.name("no/slash")).hasMessageContaining("no/slash");
    assertThatThrownBy(() -> create.capAdd("FLY")).hasMessageContaining("FLY");
    assertThatThrownBy(() -> create.workdir("relative")).hasMessageContaining("absolute");
    assertThatThrownBy(() -> create.bind(Path.of("/nonexistent/x"), "/x", true))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> berth.containers().create("nosuch:image"))
        .isInstanceOf(NotFoundException.class);
  }
}
