package io.berth.cli;

import io.berth.api.Engine;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "prune",
    description = "Remove the networks that no container has.",
    customSynopsis = "berth network prune [OPTIONS]")
final class NetworkPruneCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Do not ask")
  private boolean force;

  @Override
  int run(Engine engine) throws IOException {
    if (!force
        && !confirm("This will remove all custom networks not used by at least one container.")) {
      return 1;
    }
    List<String> removed = engine.networks().prune();
    if (!removed.isEmpty()) {
      console().out().println("Deleted Networks:");
      removed.forEach(console().out()::println);
      console().out().println();
    }
    return 0;
  }
}
