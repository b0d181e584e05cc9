package io.berth.cli;

import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.text.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How the health of a container is checked. */
final class HealthOptions {
  @Option(
      names = "--health-cmd",
      paramLabel = "COMMAND",
      description = "Command of the shell that tells whether it is healthy")
  private String command;

  @Option(
      names = "--health-interval",
      paramLabel = "DURATION",
      description = "Time between two checks (30s)")
  private String interval;

  @Option(
      names = "--health-timeout",
      paramLabel = "DURATION",
      description = "Time that a check may take (30s)")
  private String timeout;

  @Option(
      names = "--health-start-period",
      paramLabel = "DURATION",
      description = "Time at the start in which failures do not count")
  private String startPeriod;

  @Option(
      names = "--health-start-interval",
      paramLabel = "DURATION",
      description = "Time between two checks in the start period")
  private String startInterval;

  @Option(
      names = "--health-retries",
      paramLabel = "NUMBER",
      description = "Failures in a row that make it unhealthy (3)")
  private Integer retries;

  @Option(names = "--no-healthcheck", description = "No check, not even the image's")
  private boolean none;

  Optional<Healthcheck> healthcheck() {
    boolean given =
        command != null
            || interval != null
            || timeout != null
            || startPeriod != null
            || startInterval != null
            || retries != null;
    if (none && given) {
      throw new InvalidInputException("--no-healthcheck conflicts with --health-* options");
    }
    if (none) {
      return Optional.of(Healthcheck.none());
    }
    return given
        ? Optional.of(
            new Healthcheck(
                command == null ? List.of() : List.of("CMD-SHELL", command),
                duration(interval),
                duration(timeout),
                duration(startPeriod),
                duration(startInterval),
                Optional.ofNullable(retries)))
        : Optional.empty();
  }

  private static Optional<Duration> duration(String text) {
    return Optional.ofNullable(text).map(GoDuration::parse);
  }
}
