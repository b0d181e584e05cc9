package io.berth.cli;

import io.berth.api.BuildRequest;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.build.ConsoleProgress;
import io.berth.error.InvalidInputException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "build",
    description = "Build an image from a Dockerfile.",
    customSynopsis = "berth build [OPTIONS] PATH")
final class BuildCommand extends EngineCommand {
  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME[:TAG]",
      description = "Name of the image; may be given several times")
  private List<String> tags = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (PATH/Dockerfile)")
  private Path file;

  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      description = "Value of an ARG; without a value, this process's own")
  private List<String> args = List.of();

  @Option(names = "--label", paramLabel = "NAME[=VALUE]", description = "Label of the image")
  private List<String> labels = List.of();

  @Option(names = "--target", paramLabel = "STAGE", description = "Stage to build (the last one)")
  private String target;

  @Option(names = "--no-cache", description = "Run every step, whatever the cache holds")
  private boolean noCache;

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description = "Network of RUN steps: bridge by default, none or host")
  private String network = "default";

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|quiet",
      description = "How progress is shown, on standard error")
  private String progress = "auto";

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but the id of the image")
  private boolean quiet;

  @Parameters(paramLabel = "PATH", description = "Context directory, that COPY and ADD read from")
  private Path context;

  @Override
  int run(Engine engine) {
    BuildRequest request = engine.images().build(context);
    if (file != null) {
      request.file(file);
    }
    tags.forEach(request::tag);
    for (String arg : args) {
      EnvFile.value(arg, session().environment())
          .ifPresent(value -> request.arg(EnvFile.name(arg), value));
    }
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    if (target != null) {
      request.target(target);
    }
    if (noCache) {
      request.noCache();
    }
    request.network(NetworkMode.of(network)).progress(progress());
    Image image = request.execute();
    if (quiet) {
      console().out().println(image.id());
    }
    return 0;
  }

  private Progress progress() {
    PrintStream err = console().err();
    return switch (quiet ? "quiet" : progress) {
      case "auto" -> ConsoleProgress.onTerminal(err);
      case "plain" -> ConsoleProgress.plain(err);
      case "quiet" -> Progress.none();
      default ->
          throw new InvalidInputException(
              "Unknown progress \"" + progress + "\": expected auto, plain or quiet");
    };
  }
}
