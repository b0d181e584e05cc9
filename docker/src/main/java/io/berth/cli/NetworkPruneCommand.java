package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "prune",
    description = "Remove the networks that no container has.",
    customSynopsis = "berth network prune [OPTIONS]")
final class NetworkPruneCommand extends PruneCommand {
  @Override
  List<String> filters() {
    return List.of();
  }

  @Override
  String warning() {
    return "This will remove all custom networks not used by at least one container.";
  }

  @Override
  void prune(Engine engine, PruneFilter filter) {
    List<String> removed = engine.networks().prune();
    if (!removed.isEmpty()) {
      console().out().println("Deleted Networks:");
      removed.forEach(console().out()::println);
      console().out().println();
    }
  }
}
