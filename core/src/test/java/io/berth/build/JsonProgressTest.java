package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonProgress progress =
      new JsonProgress(
          new PrintStream(bytes, true, StandardCharsets.UTF_8),
          Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  private List<String> lines() {
    return bytes
        .toString(StandardCharsets.UTF_8)
        .replaceAll("sha256:[0-9a-f]{64}", "D")
        .lines()
        .toList();
  }

  @Test
  void stepsOutputAndWarningsAreObjectsOfALine() {
    progress.on(new Progress.StepStarted(1, 2, "RUN make"));
    progress.on(new Progress.StepOutput(1, true, "cc\n".getBytes(StandardCharsets.UTF_8)));
    progress.on(new Progress.StepFinished(1, false, 5));
    progress.on(new Progress.Warning("old"));

    assertThat(lines())
        .containsExactly(
            "{\"vertexes\":[{\"digest\":\"D\",\"name\":\"[1/2] RUN make\","
                + "\"started\":\"1970-01-01T00:00:00Z\"}]}",
            "{\"logs\":[{\"vertex\":\"D\",\"stream\":2,\"data\":\"Y2MK\","
                + "\"timestamp\":\"1970-01-01T00:00:00Z\"}]}",
            "{\"vertexes\":[{\"digest\":\"D\",\"name\":\"[1/2] RUN make\","
                + "\"started\":\"1970-01-01T00:00:00Z\","
                + "\"completed\":\"1970-01-01T00:00:00Z\"}]}",
            "{\"warnings\":[{\"level\":1,\"short\":\"b2xk\"}]}");
  }

  @Test
  void stepThatRunsEndsWithTheError() {
    progress.on(new Progress.StepStarted(1, 1, "RUN false"));
    progress.on(new Progress.Finished(Optional.empty(), Optional.of("exit code 1"), 1));

    assertThat(lines().get(1)).contains("\"error\":\"exit code 1\"");
  }
}
