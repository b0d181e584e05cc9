package io.berth.cli;

import io.berth.api.Container;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    description = "Ask containers to end, and kill those that do not.",
    customSynopsis = "berth stop [OPTIONS] CONTAINER [CONTAINER...]")
final class StopCommand extends ContainersCommand {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "How long to wait before the kill (10)")
  private int seconds = 10;

  @Override
  void act(Container container) {
    container.stop(Duration.ofSeconds(seconds));
  }
}
