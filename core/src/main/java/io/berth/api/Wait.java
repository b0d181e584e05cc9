package io.berth.api;

import java.time.Duration;

/**
 * What to wait for before a container is used.
 *
 * <pre>{@code
 * redis.waitFor(Wait.forLog(".*Ready to accept connections.*").timeout(Duration.ofSeconds(30)));
 * }</pre>
 */
public record Wait(Kind kind, String pattern, int number, Duration timeout) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

  public enum Kind {
    RUNNING,
    HEALTHY,
    EXIT,
    LOG,
    PORT,
    REMOVED
  }

  /** Until its command has been executed. */
  public static Wait forRunning() {
    return new Wait(Kind.RUNNING, "", 0, DEFAULT_TIMEOUT);
  }

  /** Until its health check says so. */
  public static Wait forHealthy() {
    return new Wait(Kind.HEALTHY, "", 0, DEFAULT_TIMEOUT);
  }

  /** Until it has ended with this code. */
  public static Wait forExit(int code) {
    return new Wait(Kind.EXIT, "", code, DEFAULT_TIMEOUT);
  }

  /** Until a line of its output matches a regular expression. */
  public static Wait forLog(String regex) {
    return forLog(regex, 1);
  }

  /** Until so many lines of its output match a regular expression. */
  public static Wait forLog(String regex, int times) {
    return new Wait(Kind.LOG, regex, times, DEFAULT_TIMEOUT);
  }

  /** Until something listens on a TCP port inside it. */
  public static Wait forPort(int port) {
    return new Wait(Kind.PORT, "", port, DEFAULT_TIMEOUT);
  }

  /** Until it is gone. */
  public static Wait forRemoval() {
    return new Wait(Kind.REMOVED, "", 0, DEFAULT_TIMEOUT);
  }

  /** A minute by default. */
  public Wait timeout(Duration timeout) {
    return new Wait(kind, pattern, number, timeout);
  }
}
