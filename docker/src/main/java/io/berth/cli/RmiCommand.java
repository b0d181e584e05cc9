package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rmi",
    description = "Remove names of images, and images with their last name.",
    customSynopsis = "berth rmi [OPTIONS] IMAGE [IMAGE...]")
final class RmiCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Remove an image that has several names")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names, name -> engine.images().remove(name, force).forEach(console().out()::println));
  }
}
