package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** A command that removes what is not used, once that is confirmed. */
abstract class PruneCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Do not ask")
  private boolean force;

  @Override
  final int run(Engine engine) throws IOException {
    PruneFilter filter = PruneOptions.parse(filters(), session().clock());
    if (!force && !confirm(warning())) {
      return 1;
    }
    prune(engine, filter);
    return 0;
  }

  /** What {@code --filter} was given. */
  abstract List<String> filters();

  /** Says what would be lost. */
  abstract String warning();

  abstract void prune(Engine engine, PruneFilter filter);
}
