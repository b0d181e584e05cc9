package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.Exec;
import io.berth.api.ExecResult;
import io.berth.api.Feed;
import io.berth.api.LaunchException;
import io.berth.api.Logs;
import io.berth.api.NetworkMode;
import io.berth.api.Wait;
import io.berth.error.ConflictException;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every engine does with the processes of containers: their streams, their ends, their logs.
 */
abstract class ContainerStreamsContract {
  static final String IMAGE = TestEngine.IMAGE;

  abstract EngineSource source();

  Engine engine() {
    return source().engine();
  }

  /** Bare of networks, which not every host has. */
  io.berth.api.CreateRequest create() {
    return engine().containers().create(IMAGE).network(NetworkMode.NONE);
  }

  Container start(String... command) {
    return create().command(command).start();
  }

  @AfterEach
  void leaveNothing() {
    engine().containers().list().forEach(c -> c.remove(true, true));
  }

  @Test
  void runsAndTellsItsOutputAndItsEnd() {
    try (Container container = start("sh", "-c", "echo out; echo err >&2; exit 7")) {
      assertThat(container.waitForExit()).isEqualTo(7);
      assertThat(container.waitForExit(Duration.ofSeconds(1))).contains(7);
      assertThat(container.logs().stdout()).isEqualTo("out\n");
      assertThat(container.logs().stderr()).isEqualTo("err\n");
      assertThat(container.state().status()).isEqualTo(Status.EXITED);
      assertThat(container.state().exitCode()).contains(7);
      assertThat(container.state().started()).isPresent();
      assertThat(container.pid()).isEmpty();
    }
    assertThat(engine().containers().list()).isEmpty();
  }

  @Test
  void connectsTheStreamsThatItWasMadeWith() {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    try (Container container =
        create()
            .command("sh", "-c", "sort; echo done >&2")
            .stdin(new ByteArrayInputStream("b\nc\na\n".getBytes(StandardCharsets.UTF_8)))
            .output(stdout, stderr)
            .start()) {
      assertThat(container.waitForExit()).isZero();
    }

    assertThat(stdout).hasToString("a\nb\nc\n");
    assertThat(stderr).hasToString("done\n");
  }

  @Test
  void passesMuchThroughWithoutLoss() {
    byte[] much = new byte[12 << 20];
    new Random(7).nextBytes(much);
    ByteArrayOutputStream back = new ByteArrayOutputStream();

    try (Container container =
        create()
            .command("cat")
            .stdin(new ByteArrayInputStream(much))
            .output(back, OutputStream.nullOutputStream())
            .start()) {
      assertThat(container.waitForExit()).isZero();
    }

    assertThat(back.toByteArray()).isEqualTo(much);
  }

  @Test
  void waitsForSlowReaders() {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            kept.write(b);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            pause(2);
            kept.write(bytes, offset, length);
          }
        };

    try (Container container = create().command("sleep", "1000").start()) {
      int code =
          container
              .exec("sh", "-c", "yes 0123456789abcdef | head -c 4000000")
              .output(slow, slow)
              .start()
              .waitForExit();
      assertThat(code).isZero();
    }

    assertThat(kept.size()).isEqualTo(4_000_000);
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void removesThoseThatAskForItAndStillTellsTheirEnd() {
    Container container = create().command("sh", "-c", "exit 3").autoRemove(true).create();
    container.start();

    assertThat(container.waitForExit()).isEqualTo(3);
    container.waitFor(Wait.forRemoval());
    assertThat(engine().containers().find(container.id())).isEmpty();
  }

  @Test
  void saysWhyAProgramCannotBeStarted() {
    Container missing = create().command("nope").create();

    assertThatThrownBy(missing::start)
        .isInstanceOfSatisfying(
            LaunchException.class, e -> assertThat(e.exitCode()).isEqualTo(127));
    assertThat(create().command("/etc").create())
        .satisfies(
            c ->
                assertThatThrownBy(c::start)
                    .isInstanceOfSatisfying(
                        LaunchException.class, e -> assertThat(e.exitCode()).isEqualTo(126)));
  }

  @Test
  void attachesBeforeTheStartAndMissesNothing() {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    Container container = create().command("sh", "-c", "echo first; cat").openStdin(true).create();

    try (Attachment attachment =
        container
            .attach()
            .stdin(new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8)))
            .output(stdout, OutputStream.nullOutputStream())
            .start()) {
      container.start();
      attachment.await();
      assertThat(attachment.isDetached()).isFalse();
    }

    assertThat(container.waitForExit()).isZero();
    assertThat(stdout).hasToString("first\ntyped\n");
  }

  @Test
  void givesATerminalItsSizeAndDetachesByKeys() throws Exception {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    PipedOutputStream keyboard = new PipedOutputStream();
    Container container = create().command("sh").tty(true).openStdin(true).create();
    container.start();

    try (PipedInputStream keys = new PipedInputStream(keyboard);
        Attachment attachment =
            container
                .attach()
                .stdin(keys)
                .output(screen, OutputStream.nullOutputStream())
                .detachKeys("ctrl-p,ctrl-q")
                .start()) {
      container.resize(33, 111);
      type(keyboard, "stty size; echo a'b'c\n");
      Await.until(() -> screen.toString().contains("33 111") && screen.toString().contains("abc"));
      type(keyboard, "\u0010\u0011");
      attachment.await();
      assertThat(attachment.isDetached()).isTrue();
    }

    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    Await.pass(() -> assertThat(container.logs().stdout()).contains("33 111\r\n"));
  }

  static void type(OutputStream keyboard, String text) throws Exception {
    keyboard.write(text.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  @Test
  void runsProcessesInside() {
    try (Container container = start("sleep", "1000")) {
      ExecResult result =
          container
              .exec("sh", "-c", "echo $GREETING; pwd; id -u; echo oops >&2; exit 4")
              .env("GREETING", "hello")
              .workdir("/etc")
              .user("65534")
              .execute();
      assertThat(result.exitCode()).isEqualTo(4);
      assertThat(result.stdout()).isEqualTo("hello\n/etc\n65534\n");
      assertThat(result.stderr()).isEqualTo("oops\n");

      ExecResult sorted =
          container
              .exec("sort")
              .stdin(new ByteArrayInputStream("b\na\n".getBytes(StandardCharsets.UTF_8)))
              .execute();
      assertThat(sorted.stdout()).isEqualTo("a\nb\n");

      assertThat(container.exec("sh", "-c", "exit 127").execute().exitCode()).isEqualTo(127);
      assertThatThrownBy(() -> container.exec("nope").start())
          .isInstanceOfSatisfying(
              LaunchException.class, e -> assertThat(e.exitCode()).isEqualTo(127));
      try (Exec exec = container.exec("sleep", "1000").detached(true).start()) {
        assertThat(exec.exitCode()).isEmpty();
        assertThat(exec.pid()).isPresent();
      }
    }
    Container ended = start("true");
    ended.waitForExit();
    assertThatThrownBy(() -> ended.exec("true").start()).isInstanceOf(ConflictException.class);
  }

  @Test
  void readsAndFollowsLogs() throws Exception {
    // What is read together is of the same time.
    try (PipedOutputStream keyboard = new PipedOutputStream();
        Container container =
            create()
                .command("sh", "-c", "for i in 1 2 3; do echo line $i; read x; done; echo end >&2")
                .stdin(new PipedInputStream(keyboard))
                .start()) {
      List<String> followed = new ArrayList<>();
      try (Feed<Logs.Entry> feed = container.readLogs().follow()) {
        for (int i = 0; i < 3; i++) {
          followed.add(feed.next().orElseThrow().text());
          type(keyboard, "\n");
        }
        feed.forEach(e -> followed.add((e.stderr() ? "!" : "") + e.text()));
      }
      assertThat(followed).containsExactly("line 1\n", "line 2\n", "line 3\n", "!end\n");
      assertThat(container.waitForExit()).isZero();

      List<Logs.Entry> all = container.readLogs().read().entries();
      assertThat(all).isSortedAccordingTo(java.util.Comparator.comparing(Logs.Entry::time));
      Instant second = all.get(1).time();
      assertThat(texts(container.readLogs().tail(2).read())).containsExactly("line 3\n", "end\n");
      assertThat(texts(container.readLogs().since(second).stdout(true).stderr(false).read()))
          .containsExactly("line 2\n", "line 3\n");
      assertThat(texts(container.readLogs().until(second).read()))
          .containsExactly("line 1\n", "line 2\n");
      assertThat(texts(container.readLogs().stdout(false).read())).containsExactly("end\n");
    }
  }

  static List<String> texts(Logs logs) {
    return logs.entries().stream().map(Logs.Entry::text).toList();
  }

  @Test
  void endsAFollowedLogWhenItIsClosed() throws Exception {
    Container container = start("sh", "-c", "echo one; sleep 1000");
    Feed<Logs.Entry> feed = container.readLogs().follow();
    assertThat(feed.next()).isPresent();
    List<Optional<Logs.Entry>> last = new ArrayList<>();
    Thread reader = new Thread(() -> last.add(feed.next()));
    reader.start();

    feed.close();

    reader.join(60_000);
    assertThat(last).containsExactly(Optional.empty());
  }
}
