package io.berth.cli;

import io.berth.api.Container;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "restart",
    description = "Stop containers and start them again.",
    customSynopsis = "berth restart [OPTIONS] CONTAINER [CONTAINER...]")
final class RestartCommand extends ContainersCommand {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "How long to wait before the kill (its own stop timeout)")
  private Integer seconds;

  @Override
  void act(Container container) {
    container.restart(
        seconds == null ? container.spec().stopTimeout() : Duration.ofSeconds(seconds));
  }
}
