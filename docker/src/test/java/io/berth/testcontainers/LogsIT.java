package io.berth.testcontainers;

import static io.berth.testcontainers.Apps.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.testing.Await;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.FrameConsumerResultCallback;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.Slf4jLogConsumer;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

/** What containers write, read afterwards and as it comes. */
@ExtendWith(Offline.class)
@Timeout(120)
class LogsIT {
  private static GenericContainer<?> once(String script) {
    return shell(script).withStartupCheckStrategy(new OneShotStartupCheckStrategy());
  }

  @Test
  void streamsAreReadTogetherOrEachAlone() {
    try (GenericContainer<?> it = once("echo out; sleep 0.1; echo err >&2; printf 'no end'")) {
      it.start();

      assertThat(it.getLogs()).contains("out\n", "err\n", "no end");
      assertThat(it.getLogs(OutputFrame.OutputType.STDOUT)).isEqualTo("out\nno end");
      assertThat(it.getLogs(OutputFrame.OutputType.STDERR)).isEqualTo("err\n");
    }
  }

  @Test
  void charactersOfAllKindsAndEmptyLinesArrive() {
    try (GenericContainer<?> it = once("printf 'grün 漢字 😀\\n\\n\\ttab\\n'")) {
      it.start();

      assertThat(it.getLogs()).isEqualTo("grün 漢字 😀\n\n\ttab\n");
    }
  }

  @Test
  void longOutputIsWhole() {
    try (GenericContainer<?> it = once("seq 1 50000")) {
      it.start();

      assertThat(it.getLogs().lines().count()).isEqualTo(50000);
      assertThat(it.getLogs()).endsWith("\n49999\n50000\n");
    }
  }

  @Test
  void aConsumerThatComesLateGetsWhatWasBefore() throws Exception {
    try (GenericContainer<?> it = shell("echo early; sleep 0.3; echo late; sleep 1000")) {
      it.start();
      WaitingConsumer waiting = new WaitingConsumer();
      ToStringConsumer all = new ToStringConsumer();

      it.followOutput(all.andThen(waiting));

      waiting.waitUntil(f -> f.getUtf8String().contains("late"), 60, TimeUnit.SECONDS);
      assertThat(all.toUtf8String()).isEqualTo("early\nlate\n");
    }
  }

  @Test
  void aConsumerSeesTheEndAndOneStreamOnlyWhenAsked() throws Exception {
    try (GenericContainer<?> it = shell("echo a; echo b >&2; sleep 0.2; echo c; exit 0")) {
      it.start();
      WaitingConsumer errors = new WaitingConsumer();
      ToStringConsumer text = new ToStringConsumer();

      it.followOutput(text.andThen(errors), OutputFrame.OutputType.STDERR);
      errors.waitUntilEnd(60, TimeUnit.SECONDS);

      assertThat(text.toUtf8String()).isEqualTo("b\n");
    }
  }

  @Test
  void waitingForWhatDoesNotComeEnds() {
    try (GenericContainer<?> it = shell("echo other; sleep 1000")) {
      WaitingConsumer waiting = new WaitingConsumer();
      it.withLogConsumer(waiting).start();

      assertThatThrownBy(
              () -> waiting.waitUntil(f -> f.getUtf8String().contains("no"), 1, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void outputOfATerminalIsOneStream() throws Exception {
    WaitingConsumer waiting = new WaitingConsumer();
    try (GenericContainer<?> it =
        shell("tty; echo err >&2; sleep 1000")
            .withCreateContainerCmdModifier(c -> c.withTty(true))
            .withLogConsumer(waiting)) {
      it.start();

      waiting.waitUntil(f -> f.getUtf8String().contains("err"), 60, TimeUnit.SECONDS);
      assertThat(it.getLogs()).contains("/dev/pts/0");
    }
  }

  @Test
  void outputOfExecOnATerminalIsAsATerminalHasIt() throws Exception {
    try (GenericContainer<?> it = shell("sleep 1000")) {
      it.start();
      var client = it.getDockerClient();
      String exec =
          client
              .execCreateCmd(it.getContainerId())
              .withTty(true)
              .withAttachStdout(true)
              .withCmd("printf", "a\\nb")
              .exec()
              .getId();
      ToStringConsumer text = new ToStringConsumer();
      FrameConsumerResultCallback frames = new FrameConsumerResultCallback();
      frames.addConsumer(OutputFrame.OutputType.STDOUT, text);

      client.execStartCmd(exec).withTty(true).exec(frames).awaitCompletion();

      assertThat(text.toUtf8String()).isEqualTo("a\r\nb");
    }
  }

  @Test
  void severalConsumersEachGetEverything() throws Exception {
    WaitingConsumer one = new WaitingConsumer();
    ToStringConsumer two = new ToStringConsumer();
    try (GenericContainer<?> it =
        shell("echo x; echo y; sleep 1000")
            .withLogConsumer(new Slf4jLogConsumer(LoggerFactory.getLogger("app")))
            .withLogConsumer(two)
            .withLogConsumer(one)) {
      it.start();

      one.waitUntil(f -> f.getUtf8String().contains("y"), 60, TimeUnit.SECONDS);
      Await.until(() -> two.toUtf8String().contains("y"));
      assertThat(two.toUtf8String()).isEqualTo("x\ny\n");
    }
  }
}
