package io.berth.cli;

import io.berth.api.Container;
import picocli.CommandLine.Command;

@Command(
    name = "unpause",
    description = "Let the processes of paused containers go on.",
    customSynopsis = "berth unpause CONTAINER [CONTAINER...]")
final class UnpauseCommand extends ContainersCommand {
  @Override
  void act(Container container) {
    container.unpause();
  }
}
