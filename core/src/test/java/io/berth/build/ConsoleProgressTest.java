package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void plainDisplayShowsStepsOutputAndResult() {
    Progress progress = ConsoleProgress.plain(out);

    progress.on(new Progress.StepStarted(1, 2, "FROM debian:12"));
    progress.on(new Progress.StepFinished(1, true, 5));
    progress.on(new Progress.StepStarted(2, 2, "RUN make"));
    progress.on(new Progress.StepOutput(2, false, utf8("cc ma")));
    progress.on(new Progress.StepOutput(2, false, utf8("in.c\nld")));
    progress.on(new Progress.StepFinished(2, false, 1_400_000_000L));
    progress.on(new Progress.Warning("unused"));
    progress.on(
        new Progress.Finished(
            Optional.of("sha256:0123456789abcdef"), Optional.empty(), 61_000_000_000L));

    assertThat(text())
        .isEqualTo(
            """
            [1/2] FROM debian:12
            [1/2] CACHED
            [2/2] RUN make
            [2/2] | cc main.c
            [2/2] | ld
            [2/2] done in 1.4s
            WARNING: unused
            Built 0123456789ab in 1m01s
            """);
  }

  @Test
  void outputKeepsCharactersThatAreSplitBetweenWrites() {
    Progress progress = ConsoleProgress.plain(out);
    byte[] euro = utf8("€\n");

    progress.on(new Progress.StepStarted(1, 1, "RUN x"));
    for (byte b : euro) {
      progress.on(new Progress.StepOutput(1, false, new byte[] {b}));
    }

    assertThat(text()).contains("[1/1] | €\n");
  }

  @Test
  void plainDisplayShowsLayersAsDockerDoesWithoutATerminal() {
    layers(ConsoleProgress.plain(out));

    assertThat(text())
        .isEqualTo(
            """
            7: Pulling from library/redis
            aaaaaaaaaaaa: Pulling fs layer
            bbbbbbbbbbbb: Pulling fs layer
            aaaaaaaaaaaa: Download complete
            bbbbbbbbbbbb: Already exists
            aaaaaaaaaaaa: Pull complete
            Digest: sha256:00
            """);
  }

  @Test
  void liveDisplayKeepsOneLineForEachLayer() {
    layers(ConsoleProgress.live(out));

    assertThat(text())
        .contains(
            "aaaaaaaaaaaa: Downloading [============>" + " ".repeat(37) + "] 12.35MB/49.4MB\n")
        .endsWith(
            "\u001b[1A\u001b[2K\u001b[1A\u001b[2K"
                + "aaaaaaaaaaaa: Pull complete\nbbbbbbbbbbbb: Already exists\nDigest: sha256:00\n");
  }

  private static void layers(Progress progress) {
    String a = "a".repeat(12);
    String b = "b".repeat(12);
    progress.on(new Progress.Message("7: Pulling from library/redis"));
    progress.on(new Progress.Layer(a, Progress.LayerStatus.PULLING, 0, 49_400_000));
    progress.on(new Progress.Layer(b, Progress.LayerStatus.PULLING, 0, 10));
    progress.on(new Progress.Layer(a, Progress.LayerStatus.DOWNLOADING, 12_350_000, 49_400_000));
    progress.on(new Progress.Layer(a, Progress.LayerStatus.DOWNLOADED, 49_400_000, 49_400_000));
    progress.on(new Progress.Layer(b, Progress.LayerStatus.EXISTS, 10, 10));
    progress.on(new Progress.Layer(a, Progress.LayerStatus.EXTRACTING, 49_400_000, 49_400_000));
    progress.on(new Progress.Layer(a, Progress.LayerStatus.PULLED, 49_400_000, 49_400_000));
    progress.on(new Progress.Message("Digest: sha256:00"));
  }

  @Test
  void progressBarsBecomeLines() {
    Progress progress = ConsoleProgress.plain(out);

    progress.on(new Progress.StepStarted(1, 1, "RUN x"));
    progress.on(new Progress.StepOutput(1, true, utf8("10%\r20%\r")));
    progress.on(new Progress.StepOutput(1, true, utf8("\ndone\r\n")));

    assertThat(text()).endsWith("[1/1] | 10%\n[1/1] | 20%\n[1/1] | done\n");
  }

  @Test
  void failureIsShownWithTheLastOutput() {
    Progress progress = ConsoleProgress.live(out);

    progress.on(new Progress.StepStarted(1, 1, "RUN x"));
    progress.on(new Progress.StepOutput(1, true, utf8("no \u001b[2Jrule")));
    progress.on(new Progress.Finished(Optional.empty(), Optional.of("exit code 2"), 1_000_000));

    assertThat(text()).endsWith("[1/1] | no ?[2Jrule\nFAILED after 1.0ms: exit code 2\n");
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
