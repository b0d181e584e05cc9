package io.berth.junit;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Logs;
import io.berth.error.BerthException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why a container may be the reason that a test failed: it has ended. */
final class LastWords {
  private static final int LINES = 20;

  private LastWords() {}

  /** An exception with its end and its last output; empty while it runs. */
  static Optional<BerthException> of(String field, Container container) {
    try {
      ContainerState state = container.state();
      if (state.status().isActive()) {
        return Optional.empty();
      }
      List<Logs.Entry> entries = container.logs().entries();
      String last =
          entries.stream()
              .skip(Math.max(0, entries.size() - LINES))
              .map(Logs.Entry::text)
              .collect(Collectors.joining());
      return Optional.of(
          new BerthException(
              "The container \""
                  + field
                  + "\" has ended with code "
                  + state.exitCode().orElse(-1)
                  + ". Its last output:\n"
                  + (last.isEmpty() ? "(none)" : last)));
    } catch (BerthException e) {
      // The test has removed it.
      return Optional.of(e);
    }
  }
}
