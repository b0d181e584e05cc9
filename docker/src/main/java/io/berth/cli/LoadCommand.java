package io.berth.cli;

import io.berth.api.Engine;
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
    Progress shown = quiet ? Progress.none() : ConsoleProgress.onTerminal(console().err());
    request.progress(
        event -> {
          if (event instanceof Progress.Message message) {
            console().out().println(message.text());
          } else {
            shown.on(event);
          }
        });
    if (platform != null) {
      request.platform(platform);
    }
    request.execute();
    return 0;
  }
}
