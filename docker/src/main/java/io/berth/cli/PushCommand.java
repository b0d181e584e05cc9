package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.build.ConsoleProgress;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Reference;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "push",
    description = "Bring an image to its registry.",
    customSynopsis = "berth push [OPTIONS] NAME[:TAG]")
final class PushCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all-tags"},
      description = "All images of that name")
  private boolean all;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but the name of the image")
  private boolean quiet;

  @Parameters(paramLabel = "NAME", description = "Name of the image")
  private String name;

  @Override
  int run(Engine engine) {
    Reference reference = Reference.parse(name);
    if (!all) {
      if (reference.isNameOnly() && !quiet) {
        console().out().println("Using default tag: latest");
      }
      push(engine, reference.withDefaultTag());
      return 0;
    }
    if (!reference.isNameOnly()) {
      throw new InvalidInputException("tag can't be used with --all-tags/-a");
    }
    List<Reference> names =
        engine.images().list().stream()
            .map(Image::tags)
            .flatMap(List::stream)
            .filter(tag -> tag.name().equals(reference.name()))
            .toList();
    if (names.isEmpty()) {
      throw new NotFoundException(
          "An image does not exist locally with the tag: " + reference.familiarName());
    }
    names.forEach(tag -> push(engine, tag));
    return 0;
  }

  private void push(Engine engine, Reference reference) {
    Progress progress = quiet ? Progress.none() : ConsoleProgress.onTerminal(console().out());
    engine.images().push(reference.toString()).progress(progress).execute();
    if (quiet) {
      console().out().println(reference);
    }
  }
}
