package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restart",
    description = "Stop containers and start them again.",
    customSynopsis = "berth restart [OPTIONS] CONTAINER [CONTAINER...]")
final class RestartCommand extends EngineCommand {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "How long to wait before the kill (its own stop timeout)")
  private Integer seconds;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          Container container = engine.containers().get(name);
          container.restart(
              seconds == null ? container.spec().stopTimeout() : Duration.ofSeconds(seconds));
          console().out().println(name);
        });
  }
}
