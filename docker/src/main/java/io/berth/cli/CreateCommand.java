package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = "Create a container without starting it, and print its id.",
    customSynopsis = "berth create [OPTIONS] IMAGE [COMMAND] [ARG...]")
final class CreateCommand extends EngineCommand {
  @Mixin private ContainerOptions options;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress of a pull")
  private boolean quiet;

  @Override
  int run(Engine engine) throws IOException {
    options.pullMissing(engine, quiet ? console().quiet() : console());
    Container container = options.request(engine.containers(), session().environment()).create();
    options.warnings().forEach(warning -> console().err().println("WARNING: " + warning));
    options.keepId(container.id());
    console().out().println(container.id());
    return 0;
  }
}
