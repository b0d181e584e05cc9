package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.LoadRequest;
import io.berth.api.Progress;
import io.berth.build.ConsoleProgress;
import io.berth.cli.linux.Terminal;
import io.berth.error.InvalidInputException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "load",
    description = "Take the images of an archive or OCI layout.",
    customSynopsis = "berth load [OPTIONS]")
final class LoadCommand extends EngineCommand {
  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description = "Archive, or directory of an OCI layout (standard input)")
  private Path input;

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Which image to take where there are several")
  private String platform;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress")
  private boolean quiet;

  @Override
  int run(Engine engine) {
    if (input == null && session().onTerminal() && Terminal.of(0).isPresent()) {
      throw new InvalidInputException("requested load from stdin, but stdin is empty");
    }
    LoadRequest request =
        input == null ? engine.images().load(console().in()) : engine.images().load(input);
    request.progress(quiet ? Progress.none() : ConsoleProgress.onTerminal(console().err()));
    if (platform != null) {
      request.platform(platform);
    }
    for (Image image : request.execute()) {
      if (image.tags().isEmpty()) {
        console().out().println("Loaded image ID: " + image.id());
      } else {
        image.tags().forEach(tag -> console().out().println("Loaded image: " + tag.familiar()));
      }
    }
    return 0;
  }
}
