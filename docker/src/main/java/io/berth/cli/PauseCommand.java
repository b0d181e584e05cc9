package io.berth.cli;

import io.berth.api.Container;
import picocli.CommandLine.Command;

@Command(
    name = "pause",
    description = "Freeze all processes of containers.",
    customSynopsis = "berth pause CONTAINER [CONTAINER...]")
final class PauseCommand extends ContainersCommand {
  @Override
  void act(Container container) {
    container.pause();
  }
}
