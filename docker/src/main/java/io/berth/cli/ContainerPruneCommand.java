package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the containers that do not run.",
    customSynopsis = "berth container prune [OPTIONS]")
final class ContainerPruneCommand extends EngineCommand {
  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = "Only what matches: until, label or label!")
  private List<String> filters = List.of();

  @Option(
      names = {"-f", "--force"},
      description = "Do not ask")
  private boolean force;

  @Override
  int run(Engine engine) throws IOException {
    PruneFilter filter = PruneOptions.parse(filters, session().clock());
    if (!force && !confirm("This will remove all stopped containers.")) {
      return 1;
    }
    PruneOptions.print(console(), "Deleted Containers:", engine.containers().prune(filter));
    return 0;
  }
}
