package io.berth.cli;

import io.berth.api.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "tag",
    description = "Give an image one more name.",
    customSynopsis = "berth tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]")
final class TagCommand extends EngineCommand {
  @Parameters(index = "0", paramLabel = "SOURCE_IMAGE", description = "Name or id of the image")
  private String source;

  @Parameters(index = "1", paramLabel = "TARGET_IMAGE", description = "The new name")
  private String target;

  @Override
  int run(Engine engine) {
    engine.images().tag(source, target);
    return 0;
  }
}
