package io.berth.cli;

import io.berth.api.Engine;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "create",
    description = "Create a container without starting it, and print its id.",
    customSynopsis = "berth create [OPTIONS] IMAGE [COMMAND] [ARG...]")
final class CreateCommand extends EngineCommand {
  @Mixin private ContainerOptions options;

  @Override
  int run(Engine engine) throws IOException {
    console()
        .out()
        .println(
            options
                .request(engine.containers(), session().environment())
                .detached(true)
                .create()
                .id());
    return 0;
  }
}
