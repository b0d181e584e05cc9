package io.berth.cli;

import io.berth.api.Engine;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stop",
    description = "Ask containers to end, and kill those that do not.",
    customSynopsis = "berth stop [OPTIONS] CONTAINER [CONTAINER...]")
final class StopCommand extends EngineCommand {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "How long to wait before the kill (10)")
  private int seconds = 10;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          engine.containers().get(name).stop(Duration.ofSeconds(seconds));
          console().out().println(name);
        });
  }
}
