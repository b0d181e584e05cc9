package io.berth.cli;

import io.berth.api.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = "List what a container has changed in the files of its image.",
    customSynopsis = "berth diff CONTAINER",
    footer = {"", "A: added, C: changed, D: deleted."})
final class DiffCommand extends EngineCommand {
  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Override
  int run(Engine engine) {
    engine.containers().get(name).files().changes().forEach(console().out()::println);
    return 0;
  }
}
