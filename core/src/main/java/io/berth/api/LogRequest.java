package io.berth.api;

import java.time.Instant;

/**
 * Reads a container's log; made by {@link Container#readLogs}. Not thread-safe.
 *
 * <pre>{@code
 * try (Feed<Logs.Entry> feed = container.readLogs().tail(100).follow()) {
 *   feed.forEach(entry -> System.out.print(entry.text()));
 * }
 * }</pre>
 */
public interface LogRequest {
  /** Only what was written at this time or later. */
  LogRequest since(Instant time);

  /** Only what was written at this time or earlier; a feed ends then. */
  LogRequest until(Instant time);

  /** At most so many of the last entries that are there now, before any other choice is made. */
  LogRequest tail(int entries);

  /** Whether standard output is wanted, as by default. */
  LogRequest stdout(boolean wanted);

  /** Whether standard error is wanted, as by default. */
  LogRequest stderr(boolean wanted);

  /** What is there now, all in memory. */
  Logs read();

  /** What is there now, one after the other. */
  Feed<Logs.Entry> stream();

  /**
   * What is there now and what comes, until the container has ended (one that waits to be started
   * again has not).
   */
  Feed<Logs.Entry> follow();
}
