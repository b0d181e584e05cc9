package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.text.ByteSize;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove what builds have left for later ones.",
    customSynopsis = "berth builder prune [OPTIONS]")
final class BuilderPruneCommand extends PruneCommand {
  @Option(
      names = {"-a", "--all"},
      description = "As docker has it: all that may be removed is, as always here")
  private boolean all;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Only what matches: until")
  private List<String> filters = List.of();

  @Option(
      names = {"--keep-storage", "--reserved-space"},
      paramLabel = "SIZE",
      description = "How much may stay, of what was used last")
  private String keep = "0";

  @Override
  List<String> filters() {
    return filters;
  }

  @Override
  String warning() {
    return "This will remove all build cache.";
  }

  @Override
  void prune(Engine engine, PruneFilter filter) {
    BuildCachePrune request = new BuildCachePrune(ByteSize.parse(keep), filter);
    Pruned pruned = engine.storage().pruneBuildCache(request);
    PruneOptions.print(console(), "Deleted build cache objects:", pruned);
  }
}
