package io.berth.registry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a call that failed for the moment is tried again: on a cut connection, on 429 and 5xx.
 * The pauses double, with a random part, so that many clients do not come back at once.
 *
 * @param attempts how often at most, the first included
 * @param first the pause after the first failure
 * @param longest the longest pause, and the longest that a server may ask for with Retry-After
 */
public record Retries(int attempts, Duration first, Duration longest) {

  public Retries {
    if (attempts < 1 || first.isNegative() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "expected at least one attempt and growing pauses, found "
              + attempts
              + ", "
              + first
              + ", "
              + longest);
    }
  }

  /** Six attempts, pauses from 250 ms to 30 s. */
  public static Retries defaults() {
    return new Retries(6, Duration.ofMillis(250), Duration.ofSeconds(30));
  }

  /** The pause after so many failures, from 1. */
  Duration pause(int failures) {
    long nanos = first.toNanos() << Math.min(failures - 1, 20);
    long bounded = Math.min(nanos < 0 ? Long.MAX_VALUE : nanos, longest.toNanos());
    // Between half and all of it.
    return Duration.ofNanos(bounded / 2 + ThreadLocalRandom.current().nextLong(bounded / 2 + 1));
  }
}
