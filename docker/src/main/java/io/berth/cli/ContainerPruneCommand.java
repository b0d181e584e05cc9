package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "prune",
    description = "Remove the containers that do not run.",
    customSynopsis = "berth container prune [OPTIONS]")
final class ContainerPruneCommand extends PruneCommand {
  @Mixin private PruneFilters filters;

  @Override
  List<String> filters() {
    return filters.given();
  }

  @Override
  String warning() {
    return "This will remove all stopped containers.";
  }

  @Override
  void prune(Engine engine, PruneFilter filter) {
    PruneOptions.print(console(), "Deleted Containers:", engine.containers().prune(filter));
  }
}
