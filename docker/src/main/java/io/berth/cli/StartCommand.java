package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "start",
    description = "Start containers that were created or have ended.",
    customSynopsis = "berth start [OPTIONS] CONTAINER [CONTAINER...]")
final class StartCommand extends EngineCommand {
  @Option(
      names = {"-a", "--attach"},
      description = "Show the output until it ends; the exit code is the container's")
  private boolean attach;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    if (!attach) {
      return forEach(
          names,
          name -> {
            engine.containers().get(name).start();
            console().out().println(name);
          });
    }
    if (names.size() > 1) {
      throw new InvalidInputException("Cannot attach to several containers at once: name one");
    }
    Container container = engine.containers().get(names.get(0));
    int before = container.logs().entries().size();
    container.start();
    return new LogFollower(container, new LogPrinter(console(), false)).follow(before);
  }
}
