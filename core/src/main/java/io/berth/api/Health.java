package io.berth.api;

import java.time.Instant;
import java.util.List;

/**
 * What a container's health check says.
 *
 * @param failingStreak failures in a row
 * @param log the last five checks, the oldest first
 */
public record Health(Status status, int failingStreak, List<Check> log) {
  public Health {
    log = List.copyOf(log);
  }

  public enum Status {
    STARTING,
    HEALTHY,
    UNHEALTHY
  }

  /**
   * One check.
   *
   * @param exitCode 0 for healthy; -1 when it took too long
   * @param output its first 4096 bytes
   */
  public record Check(Instant start, Instant end, int exitCode, String output) {}
}
