package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "start",
    description = "Start containers that were created or have ended.",
    customSynopsis = "berth start [OPTIONS] CONTAINER [CONTAINER...]")
final class StartCommand extends EngineCommand {
  @Mixin private ConnectionOptions connection;

  @Option(
      names = {"-a", "--attach"},
      description = "Show the output until it ends; the exit code is the container's")
  private boolean attach;

  @Option(
      names = {"-i", "--interactive"},
      description = "Connect standard input too")
  private boolean interactive;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    if (!attach && !interactive) {
      return forEach(
          names,
          name -> {
            engine.containers().get(name).start();
            console().out().println(name);
          });
    }
    if (names.size() > 1) {
      throw new InvalidInputException("you cannot start and attach multiple containers at once");
    }
    Container container = engine.containers().get(names.get(0));
    return AttachCommand.connect(this, container, connection, interactive, container::start);
  }
}
