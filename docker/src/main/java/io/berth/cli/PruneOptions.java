package io.berth.cli;

import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.error.InvalidInputException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The filters of the prune commands, and what they print. */
final class PruneOptions {
  private PruneOptions() {}

  static PruneFilter parse(List<String> filters, Clock clock) {
    Optional<Instant> until = Optional.empty();
    List<String> labels = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (String filter : filters) {
      Assignment parts = Assignment.of("filter", filter);
      switch (parts.name()) {
        case "until" -> until = Optional.of(Moment.parse(parts.value(), clock));
        case "label" -> labels.add(parts.value());
        case "label!" -> without.add(parts.value());
        default ->
            throw new InvalidInputException(
                "invalid filter '" + parts.name() + "': expected until, label or label!");
      }
    }
    return new PruneFilter(until, labels, without);
  }

  static void print(Console console, String title, Pruned pruned) {
    if (!pruned.names().isEmpty()) {
      console.out().println(title);
      pruned.names().forEach(console.out()::println);
      console.out().println();
    }
    console.out().println("Total reclaimed space: " + HumanSize.of(pruned.bytes()));
  }
}
