package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "kill",
    description = "Send a signal to containers, KILL by default.",
    customSynopsis = "berth kill [OPTIONS] CONTAINER [CONTAINER...]")
final class KillCommand extends EngineCommand {
  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "Signal by name or number")
  private String signal = "KILL";

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          engine.containers().get(name).kill(signal);
          console().out().println(name);
        });
  }
}
