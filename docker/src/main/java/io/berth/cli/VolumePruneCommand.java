package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the volumes without a name that no container has.",
    customSynopsis = "berth volume prune [OPTIONS]")
final class VolumePruneCommand extends PruneCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also those that were given a name")
  private boolean all;

  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = "Only what matches: label or label!")
  private List<String> filters = List.of();

  @Override
  List<String> filters() {
    return filters;
  }

  @Override
  String warning() {
    String which = all ? "all" : "anonymous";
    return "This will remove " + which + " local volumes not used by at least one container.";
  }

  @Override
  void prune(Engine engine, PruneFilter filter) {
    PruneOptions.print(console(), "Deleted Volumes:", engine.volumes().prune(all, filter));
  }
}
