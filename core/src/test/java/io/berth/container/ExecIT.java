package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Exec;
import io.berth.api.ExecResult;
import io.berth.api.LaunchException;
import io.berth.api.Wait;
import io.berth.error.ConflictException;
import io.berth.testing.Await;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes in containers that run, and connections to containers. */
class ExecIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();
  private Container container;

  @BeforeEach
  void start() {
    container =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sleep", "1000")
            .env("GREETING", "hello")
            .workdir("/tmp")
            .start();
  }

  @AfterEach
  void remove() {
    container.remove(true);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void itGivesOutputAndExitCode() {
    ExecResult result = container.exec("sh", "-c", "echo out; echo err >&2; exit 7").execute();

    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
  }

  @Test
  void itIsInTheContainersNamespacesAndCgroup() {
    String inside =
        container
            .exec(
                "sh",
                "-c",
                "for n in mnt pid uts ipc net cgroup; do readlink /proc/self/ns/$n; done")
            .execute()
            .stdout();
    String ofInit =
        container
            .exec(
                "sh", "-c", "for n in mnt pid uts ipc net cgroup; do readlink /proc/1/ns/$n; done")
            .execute()
            .stdout();

    assertThat(inside).isEqualTo(ofInit).contains("pid:[");
    assertThat(container.exec("cat", "/proc/self/cgroup").execute().stdout())
        .isEqualTo(container.exec("cat", "/proc/1/cgroup").execute().stdout());
  }

  @Test
  void itHasTheContainersRights() {
    String script = "grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/$0/status";

    assertThat(container.exec("sh", "-c", script.replace("$0", "self")).execute().stdout())
        .isEqualTo(container.exec("sh", "-c", script.replace("$0", "1")).execute().stdout())
        .contains("CapEff:\t00000000a80425fb")
        .contains("Seccomp:\t2");
  }

  @Test
  void itHasTheContainersEnvironmentAndDirectoryUnlessToldOtherwise() {
    TestAccess.assumeIds();
    assertThat(container.exec("sh", "-c", "echo $GREETING $PWD $(id -u)").execute().stdout())
        .isEqualTo("hello /tmp 0\n");
    assertThat(
            container
                .exec("sh", "-c", "echo $GREETING $PWD $(id -u)")
                .env("GREETING", "bye")
                .workdir("/etc")
                .user("1234")
                .execute()
                .stdout())
        .isEqualTo("bye /etc 1234\n");
  }

  @Test
  void privilegedGivesItEveryCapability() {
    String all =
        container.exec("grep", "CapEff", "/proc/self/status").privileged(true).execute().stdout();

    assertThat(all).containsPattern("CapEff:\t000001ff[0-9a-f]{6}ff");
  }

  @Test
  void standardInputIsReadToItsEnd() {
    byte[] input = new byte[2_000_000];
    Arrays.fill(input, (byte) 'x');

    ExecResult result = container.exec("wc", "-c").stdin(new ByteArrayInputStream(input)).execute();

    assertThat(result.stdout().strip()).isEqualTo("2000000");
  }

  @Test
  void aTerminalIsOne() {
    ExecResult result =
        container.exec("sh", "-c", "tty; test -t 0 && test -t 1 && echo yes").tty(true).execute();

    assertThat(result.stdout()).isEqualTo("/dev/pts/0\r\nyes\r\n");
  }

  @Test
  void aTerminalCanBeResized() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Exec exec =
        container
            .exec(
                "sh",
                "-c",
                "while [ \"$(stty size 2>&1)\" != '33 99' ]; do sleep 0.01; done; echo ok")
            .tty(true)
            .output(out, out)
            .start()) {
      exec.resize(33, 99);

      assertThat(exec.waitForExit()).isZero();
    }
    assertThat(text(out)).isEqualTo("ok\r\n");
  }

  @Test
  void aProgramThatIsNotThereIsTold() {
    assertThatThrownBy(() -> container.exec("no-such-program").execute())
        .isInstanceOfSatisfying(LaunchException.class, e -> assertThat(e.exitCode()).isEqualTo(127))
        .hasMessageContaining("no-such-program");
  }

  @Test
  void itCanBeKilledAndItsExitCodeSaysSo() {
    try (Exec exec = container.exec("sleep", "1000").start()) {
      assertThat(exec.pid()).isPresent();
      assertThat(exec.exitCode()).isEmpty();

      exec.kill("KILL");

      assertThat(exec.waitForExit()).isEqualTo(137);
      assertThat(exec.exitCode()).contains(137);
    }
  }

  @Test
  void itEndsWithTheContainer() {
    try (Exec exec = container.exec("sleep", "1000").start()) {
      container.kill("KILL");

      assertThat(exec.waitForExit()).isEqualTo(137);
    }
  }

  @Test
  void aContainerThatDoesNotRunRefusesIt() {
    container.kill("KILL");
    container.waitForExit();

    assertThatThrownBy(() -> container.exec("true").execute())
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("not running");
  }

  @Test
  void anotherEngineCanStartOne() {
    try (Container detached =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("sleep", "1000")
                .detached(true)
                .start();
        Engine other = Berth.open(FIXTURE.dataDirectory())) {
      assertThat(other.containers().get(detached.id()).exec("echo", "hi").execute().stdout())
          .isEqualTo("hi\n");
      detached.remove(true);
    }
  }

  @Test
  void nothingOfTheHostIsOpenInIt() {
    assertThat(container.exec("ls", "/proc/self/fd").execute().stdout())
        .isEqualTo("0\n1\n2\n3\n"); // 3 is ls reading the directory
  }

  @Test
  void attachedBeforeTheStartHearsEverything() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).command("echo", "first").create()) {
      Attachment attachment = c.attach().output(out, out).start();
      c.start();
      attachment.await();

      assertThat(text(out)).isEqualTo("first\n");
    }
  }

  @Test
  void severalAttachedBeforeTheStartShareItsStreams() {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sh", "-c", "read line; echo $line; echo bad >&2")
            .openStdin(true)
            .create()) {
      Attachment one = c.attach().output(first, first).start();
      Attachment two =
          c.attach()
              .stdin(new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8)))
              .output(second, second)
              .start();

      c.start();
      one.await();
      two.await();

      assertThat(first.toString(StandardCharsets.UTF_8)).contains("typed\n", "bad\n");
      assertThat(second.toString(StandardCharsets.UTF_8)).contains("typed\n", "bad\n");
      assertThat(c.waitForExit()).isZero();
    }
  }

  @Test
  void attachedLaterHearsTheLogFirstWhenAskedTo() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    try (InputStream in = new PipedInputStream(keyboard);
        Container c =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("sh", "-c", "echo one; read line; echo got $line")
                .openStdin(true)
                .start()) {
      c.waitFor(Wait.forLog("one"));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Attachment attachment = c.attach().stdin(in).output(out, out).replay(true).start();
      keyboard.write("two\n".getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      attachment.await();

      assertThat(text(out)).isEqualTo("one\ngot two\n");
    }
  }

  @Test
  void detachingLeavesTheContainerRunning() {
    Attachment attachment =
        container
            .attach()
            .output(OutputStream.nullOutputStream(), OutputStream.nullOutputStream())
            .start();
    attachment.close();
    attachment.await();

    assertThat(container.exec("true").execute().exitCode()).isZero();
  }

  @Test
  void theOutputItWasMadeWithHearsItEachTimeItStarts() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("echo", "again")
            .output(out, out)
            .start()) {
      c.waitForExit();
      c.start();
      c.waitForExit();

      assertThat(text(out)).isEqualTo("again\nagain\n");
    }
  }

  @Test
  void theDetachKeysEndTheConnectionAndNotTheContainer() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream in = new PipedInputStream(keyboard);
        Container c =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("sh", "-c", "read a; echo got $a; read b; echo got $b")
                .openStdin(true)
                .start()) {
      Attachment attachment =
          c.attach().stdin(in).output(out, out).detachKeys("ctrl-p,ctrl-q").start();
      keyboard.write("one\n".getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
      Await.until(() -> text(out).equals("got one\n"));
      keyboard.write(new byte[] {'x', 16, 17, 'y'});
      keyboard.flush();
      attachment.await();

      assertThat(attachment.isDetached()).isTrue();
      assertThat(
              berth
                  .events()
                  .read()
                  .since(Instant.EPOCH)
                  .filter("container", c.id())
                  .filter("event", "detach")
                  .list())
          .hasSize(1);
      assertThat(c.state().status().isActive()).isTrue();
      c.attach().stdin(new ByteArrayInputStream("z\n".getBytes(StandardCharsets.UTF_8))).start();
      assertThat(c.waitForExit()).isZero();
      assertThat(c.logs().stdout()).isEqualTo("got one\ngot xz\n");
      assertThat(text(out)).isEqualTo("got one\n");
    }
  }

  @Test
  void aReplayHasWhatIsNoWholeLineYetAndNothingTwice() throws Exception {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command(
                "sh",
                "-c",
                "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; printf 'name: ';"
                    + " read n; echo \"hello $n\"")
            .openStdin(true)
            .start()) {
      List<ByteArrayOutputStream> screens = new ArrayList<>();
      List<Attachment> attachments = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        screens.add(screen);
        attachments.add(c.attach().output(screen, screen).replay(true).start());
        Thread.sleep(3);
      }
      c.waitFor(Wait.forLog("line 2999"));
      ByteArrayOutputStream late = new ByteArrayOutputStream();
      screens.add(late);
      attachments.add(c.attach().output(late, late).replay(true).start());
      Await.until(() -> text(late).endsWith("name: "));
      assertThat(text(late)).endsWith("line 2999\nname: ");

      c.attach().stdin(new ByteArrayInputStream("me\n".getBytes(StandardCharsets.UTF_8))).start();
      attachments.forEach(Attachment::await);

      String all = c.logs().stdout();
      assertThat(all).endsWith("name: hello me\n");
      assertThat(screens).allSatisfy(screen -> assertThat(text(screen)).isEqualTo(all));
    }
  }

  @Test
  void theDetachKeysOfAProcessLeaveItRunning() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    try (InputStream in = new PipedInputStream(keyboard);
        Exec exec =
            container
                .exec("sh", "-c", "read x; touch /detached-$x")
                .stdin(in)
                .detachKeys("ctrl-a,d")
                .start()) {
      keyboard.write(new byte[] {1, 'd'});
      keyboard.flush();

      assertThat(exec.waitForExitOrDetach()).isEmpty();
      assertThat(exec.exitCode()).isEmpty();
    }
    try (Exec exec = container.exec("sh", "-c", "exit 4").start()) {
      assertThat(exec.waitForExitOrDetach()).contains(4);
    }
  }

  @Test
  void aTerminalOfAContainerTakesInputAndIsItsConsole() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    try (InputStream in = new PipedInputStream(keyboard);
        Container c =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("sh", "-c", "tty; read x; echo \"<$x>\"; echo on console > /dev/console")
                .tty(true)
                .stdin(in)
                .output(screen, screen)
                .start()) {
      keyboard.write("abc\n".getBytes(StandardCharsets.UTF_8));
      keyboard.flush();

      assertThat(c.waitForExit()).isZero();
      assertThat(text(screen))
          .contains("/dev/pts/0\r\n")
          .contains("<abc>\r\n")
          .contains("on console\r\n");
    }
  }
}
