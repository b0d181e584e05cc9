package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove what is not used: containers, networks, images and the build cache.",
    customSynopsis = "berth system prune [OPTIONS]")
final class SystemPruneCommand extends PruneCommand {
  @Option(
      names = {"-a", "--all"},
      description = "Also images that have a name")
  private boolean all;

  @Option(names = "--volumes", description = "Also volumes without a name")
  private boolean volumes;

  @Mixin private PruneFilters filters;

  @Override
  List<String> filters() {
    return filters.given();
  }

  @Override
  String warning() {
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

  @Override
  void prune(Engine engine, PruneFilter filter) {
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
