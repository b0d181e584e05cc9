package io.berth.cli;

import io.berth.api.Container;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "kill",
    description = "Send a signal to containers, KILL by default.",
    customSynopsis = "berth kill [OPTIONS] CONTAINER [CONTAINER...]")
final class KillCommand extends ContainersCommand {
  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "Signal by name or number")
  private String signal = "KILL";

  @Override
  void act(Container container) {
    container.kill(signal);
  }
}
