package io.berth.image;

import io.berth.dockerfile.Instruction;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HEALTHCHECK as the image config has it. */
final class HealthcheckOptions {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

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

  private static List<String> test(Instruction.Command command) {
    if (command instanceof Instruction.Command.Exec exec) {
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

  /** A duration as Go writes it: {@code 1m30s}. */
  private static Optional<Duration> duration(Map<String, String> options, String name) {
    String text = options.get(name);
    if (text == null) {
      return Optional.empty();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(NANOS.get(part.group(2)))));
      end = part.end();
    }
    if (end != text.length() || text.isEmpty()) {
      if (text.equals("0")) {
        return Optional.of(Duration.ZERO);
      }
      throw new InvalidInputException(
          "--" + name + "=" + text + ": expected a duration such as 30s or 1m30s");
    }
    return Optional.of(Duration.ofNanos(nanos.longValue()));
  }
}
