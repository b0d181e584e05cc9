package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Logs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Prints a container's log as it grows, until the container ends. */
final class LogFollower {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Container container;
  private final LogPrinter printer;

  LogFollower(Container container, LogPrinter printer) {
    this.container = container;
    this.printer = printer;
  }

  /**
   * @param printed how many of its entries are not to be shown
   * @return the container's exit code
   */
  int follow(int printed) {
    while (true) {
      Optional<Integer> exit = container.waitForExit(PAUSE);
      List<Logs.Entry> entries = container.logs().entries();
      // A rotated log is shorter than what was seen of it.
      int from = Math.min(printed, entries.size());
      printer.print(entries.subList(from, entries.size()));
      printed = entries.size();
      if (exit.isPresent()) {
        return exit.get();
      }
    }
  }
}
