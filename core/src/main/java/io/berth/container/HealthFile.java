package io.berth.container;

import io.berth.api.Health;
import io.berth.api.Health.Check;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The file {@code health}, which the monitor writes in the form of Docker's inspect. */
final class HealthFile {
  private static final int MAX_BYTES = 1 << 20;

  private HealthFile() {}

  static Optional<Health> read(Path directory) {
    return ContainerFiles.read(directory.resolve("health"))
        .map(text -> Json.parse("health", text.getBytes(StandardCharsets.UTF_8), MAX_BYTES))
        .map(HealthFile::parse);
  }

  private static Health parse(JsonReader json) {
    return new Health(
        json.at("Status")
            .as("a health status", s -> Health.Status.valueOf(s.toUpperCase(Locale.ROOT))),
        (int) json.integer("FailingStreak"),
        json.list(
            "Log",
            c ->
                new Check(
                    c.at("Start").instant(),
                    c.at("End").instant(),
                    (int) c.integer("ExitCode"),
                    c.string("Output"))));
  }
}
