package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the images without a name, or all that no container has.",
    customSynopsis = "berth image prune [OPTIONS]")
final class ImagePruneCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also those that have a name")
  private boolean all;

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
    if (!force
        && !confirm(
            all
                ? "This will remove all images without at least one container associated to them."
                : "This will remove all dangling images.")) {
      return 1;
    }
    PruneOptions.print(console(), "Deleted Images:", engine.images().prune(all, filter));
    return 0;
  }
}
