package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the images without a name, or all that no container has.",
    customSynopsis = "berth image prune [OPTIONS]")
final class ImagePruneCommand extends PruneCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also those that have a name")
  private boolean all;

  @Mixin private PruneFilters filters;

  @Override
  List<String> filters() {
    return filters.given();
  }

  @Override
  String warning() {
    return all
        ? "This will remove all images without at least one container associated to them."
        : "This will remove all dangling images.";
  }

  @Override
  void prune(Engine engine, PruneFilter filter) {
    PruneOptions.print(console(), "Deleted Images:", engine.images().prune(all, filter));
  }
}
