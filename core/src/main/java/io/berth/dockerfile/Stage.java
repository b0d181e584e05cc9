package io.berth.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * A stage: FROM and what follows it, up to the next FROM.
 *
 * @param index from 0
 */
public record Stage(
    int index, Instruction.From from, Optional<Location> location, List<Step> steps) {
  public Stage {
    steps = List.copyOf(steps);
  }

  /** Its name, in lower case, if it has one. */
  public Optional<String> name() {
    return from.name();
  }
}
