package io.berth.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.InvalidInputException;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to see whether a container is healthy: Docker's extension of the image config, its durations
 * in nanoseconds. What is absent is inherited, or Docker's default.
 *
 * @param test {@code [NONE]}, {@code [CMD, arguments...]} or {@code [CMD-SHELL, command]}; empty
 *     means inherited
 * @param interval between two checks
 * @param timeout of one check
 * @param startPeriod in which failures do not count
 * @param startInterval between two checks in the start period
 * @param retries the failures in a row that make a container unhealthy
 */
public record Healthcheck(
    List<String> test,
    Optional<Duration> interval,
    Optional<Duration> timeout,
    Optional<Duration> startPeriod,
    Optional<Duration> startInterval,
    Optional<Integer> retries) {

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  public Healthcheck {
    test = List.copyOf(test);
    interval = positive("interval", interval);
    timeout = positive("timeout", timeout);
    startPeriod = positive("start period", startPeriod);
    startInterval = positive("start interval", startInterval);
    retries = retries.filter(n -> n != 0);
    if (retries.isPresent() && retries.get() < 0) {
      throw new InvalidInputException(
          "Invalid health check: expected at least 0 retries, found " + retries.get());
    }
  }

  /** No check, not even an inherited one. */
  public static Healthcheck none() {
    return of(List.of("NONE"));
  }

  /** A check with default times. */
  public static Healthcheck of(List<String> test) {
    return new Healthcheck(
        test,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether this turns an inherited check off. */
  public boolean isNone() {
    return test.equals(List.of("NONE"));
  }

  /** Reads the JSON form. */
  public static Healthcheck read(JsonReader json) {
    return new Healthcheck(
        json.strings("Test"),
        duration(json, "Interval"),
        duration(json, "Timeout"),
        duration(json, "StartPeriod"),
        duration(json, "StartInterval"),
        json.optional("Retries").map(n -> (int) n.integer(0, Integer.MAX_VALUE)));
  }

  /** Writes the JSON form. */
  public ObjectNode toNode() {
    return new JsonWriter()
        .strings("Test", test)
        .put("Interval", interval.map(Duration::toNanos))
        .put("Timeout", timeout.map(Duration::toNanos))
        .put("StartPeriod", startPeriod.map(Duration::toNanos))
        .put("StartInterval", startInterval.map(Duration::toNanos))
        .put("Retries", retries)
        .toNode();
  }

  private static Optional<Duration> duration(JsonReader json, String field) {
    return json.optional(field).map(n -> Duration.ofNanos(n.integer(0, Long.MAX_VALUE)));
  }

  // Zero is how Docker writes "inherited".
  private static Optional<Duration> positive(String name, Optional<Duration> duration) {
    if (duration.filter(d -> d.isNegative() || d.compareTo(LONGEST) > 0).isPresent()) {
      throw new InvalidInputException(
          "Invalid health check: expected a positive "
              + name
              + " below 292 years, found "
              + duration.get());
    }
    return duration.filter(d -> !d.isZero());
  }
}
