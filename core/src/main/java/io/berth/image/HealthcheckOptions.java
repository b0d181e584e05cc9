package io.berth.image;

import io.berth.dockerfile.Command;
import io.berth.dockerfile.Instruction;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.text.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HEALTHCHECK as the image config has it. */
final class HealthcheckOptions {
  private HealthcheckOptions() {}

  static Healthcheck of(Instruction.Healthcheck check) {
    if (check.command().isEmpty()) {
      return Healthcheck.none();
    }
    Map<String, String> options = check.options();
    return new Healthcheck(
        test(check.command().get()),
        duration(options, "interval"),
        duration(options, "timeout"),
        duration(options, "start-period"),
        duration(options, "start-interval"),
        Optional.ofNullable(options.get("retries")).map(HealthcheckOptions::retries));
  }

  private static List<String> test(Command command) {
    if (command instanceof Command.Exec exec) {
      List<String> test = new ArrayList<>(List.of("CMD"));
      test.addAll(exec.args());
      return test;
    }
    // Docker's CMD-SHELL is run with the image's shell when the container runs.
    return List.of("CMD-SHELL", command.text());
  }

  private static int retries(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--retries=" + text + ": expected a number", e);
    }
  }

  private static Optional<Duration> duration(Map<String, String> options, String name) {
    return Optional.ofNullable(options.get(name))
        .map(
            text ->
                GoDuration.find(text)
                    .orElseThrow(
                        () ->
                            new InvalidInputException(
                                "--"
                                    + name
                                    + "="
                                    + text
                                    + ": expected a duration such as 30s or 1m30s")));
  }
}
