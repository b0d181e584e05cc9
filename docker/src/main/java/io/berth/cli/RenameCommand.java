package io.berth.cli;

import io.berth.api.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rename",
    description = "Give a container another name.",
    customSynopsis = "berth rename CONTAINER NAME")
final class RenameCommand extends EngineCommand {
  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Parameters(index = "1", paramLabel = "NAME", description = "Its new name")
  private String newName;

  @Override
  int run(Engine engine) {
    engine.containers().get(name).rename(newName);
    return 0;
  }
}
