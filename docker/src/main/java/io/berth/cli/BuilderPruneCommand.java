package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.text.ByteSize;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove what builds have left for later ones.",
    customSynopsis = "berth builder prune [OPTIONS]")
final class BuilderPruneCommand extends EngineCommand {
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

  @Option(
      names = {"-f", "--force"},
      description = "Do not ask")
  private boolean force;

  @Override
  int run(Engine engine) throws IOException {
    BuildCachePrune request =
        new BuildCachePrune(ByteSize.parse(keep), PruneOptions.parse(filters, session().clock()));
    if (!force && !confirm("This will remove all build cache.")) {
      return 1;
    }
    Pruned pruned = engine.storage().pruneBuildCache(request);
    PruneOptions.print(console(), "Deleted build cache objects:", pruned);
    return 0;
  }
}
