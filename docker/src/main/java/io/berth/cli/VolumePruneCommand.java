package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the volumes without a name that no container has.",
    customSynopsis = "berth volume prune [OPTIONS]")
final class VolumePruneCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also those that were given a name")
  private boolean all;

  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = "Only what matches: label or label!")
  private List<String> filters = List.of();

  @Option(
      names = {"-f", "--force"},
      description = "Do not ask")
  private boolean force;

  @Override
  int run(Engine engine) throws IOException {
    PruneFilter filter = PruneOptions.parse(filters, session().clock());
    String which = all ? "all" : "anonymous";
    if (!force
        && !confirm(
            "This will remove " + which + " local volumes not used by at least one container.")) {
      return 1;
    }
    Pruned pruned = engine.volumes().prune(all, filter);
    PruneOptions.print(console(), "Deleted Volumes:", pruned);
    return 0;
  }
}
