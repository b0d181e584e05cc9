package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "unpause",
    description = "Let the processes of paused containers go on.",
    customSynopsis = "berth unpause CONTAINER [CONTAINER...]")
final class UnpauseCommand extends EngineCommand {
  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          engine.containers().get(name).unpause();
          console().out().println(name);
        });
  }
}
