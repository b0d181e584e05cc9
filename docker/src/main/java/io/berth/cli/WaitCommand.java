package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "wait",
    description = "Wait until containers have ended, and print their exit codes.",
    customSynopsis = "berth wait CONTAINER [CONTAINER...]")
final class WaitCommand extends EngineCommand {
  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names, name -> console().out().println(engine.containers().get(name).waitForExit()));
  }
}
