package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove what is not used: containers, networks, images and the build cache.",
    customSynopsis = "berth system prune [OPTIONS]")
final class SystemPruneCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also images that have a name")
  private boolean all;

  @Option(names = "--volumes", description = "Also volumes without a name")
  private boolean volumes;

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
    if (!force && !confirm(warning())) {
      return 1;
    }
    long bytes = step("Deleted Containers:", engine.containers().prune(filter));
    step("Deleted Networks:", new Pruned(engine.networks().prune(), 0));
    if (volumes) {
      bytes += step("Deleted Volumes:", engine.volumes().prune(false, filter));
    }
    bytes += step("Deleted Images:", engine.images().prune(all, filter));
    bytes +=
        step(
            "Deleted build cache objects:",
            engine.storage().pruneBuildCache(new BuildCachePrune(0, filter)));
    console().out().println("Total reclaimed space: " + HumanSize.of(bytes));
    return 0;
  }

  private String warning() {
    List<String> lines = new ArrayList<>();
    lines.add("This will remove:");
    lines.add("  - all stopped containers");
    lines.add("  - all networks not used by at least one container");
    if (volumes) {
      lines.add("  - all anonymous volumes not used by at least one container");
    }
    lines.add(
        all
            ? "  - all images without at least one container associated to them"
            : "  - all dangling images");
    lines.add("  - unused build cache");
    return String.join("\n", lines) + "\n";
  }

  private long step(String title, Pruned pruned) {
    if (!pruned.names().isEmpty()) {
      console().out().println(title);
      pruned.names().forEach(console().out()::println);
      console().out().println();
    }
    return pruned.bytes();
  }
}
