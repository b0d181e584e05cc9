package io.berth.cli;

import io.berth.api.CommitRequest;
import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "commit",
    description = "Make an image of a container's files, and print its id.",
    customSynopsis = "berth commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]")
final class CommitCommand extends EngineCommand {
  @Option(
      names = {"-a", "--author"},
      paramLabel = "NAME",
      description = "Author of the image")
  private String author;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "What was changed")
  private String message;

  @Option(
      names = {"-c", "--change"},
      paramLabel = "INSTRUCTION",
      description = "Instruction of a Dockerfile, such as 'CMD [\"run\"]'")
  private List<String> changes = List.of();

  @Option(
      names = {"-p", "--pause"},
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Whether the container is paused meanwhile (true)")
  private boolean pause = true;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Parameters(index = "1", arity = "0..1", paramLabel = "IMAGE", description = "Name of the image")
  private String image;

  @Override
  int run(Engine engine) {
    CommitRequest request = engine.containers().get(name).commit().pause(pause);
    if (author != null) {
      request.author(author);
    }
    if (message != null) {
      request.message(message);
    }
    changes.forEach(request::change);
    if (image != null) {
      request.tag(image);
    }
    console().out().println(request.execute().id());
    return 0;
  }
}
