package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "pause",
    description = "Freeze all processes of containers.",
    customSynopsis = "berth pause CONTAINER [CONTAINER...]")
final class PauseCommand extends EngineCommand {
  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          engine.containers().get(name).pause();
          console().out().println(name);
        });
  }
}
