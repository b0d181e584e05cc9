package io.berth.api;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a container wrote.
 *
 * @param entries in the order of writing
 */
public record Logs(List<Entry> entries) {
  public Logs {
    entries = List.copyOf(entries);
  }

  /** One line, with its newline, or the part of a line. */
  public record Entry(Instant time, boolean stderr, String text) {}

  public String stdout() {
    return text(false);
  }

  public String stderr() {
    return text(true);
  }

  private String text(boolean stderr) {
    return entries.stream()
        .filter(e -> e.stderr() == stderr)
        .map(Entry::text)
        .collect(Collectors.joining());
  }
}
