package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Progress;
import io.berth.build.ConsoleProgress;
import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What pull and push share: one image goes, or all of a repository. */
abstract class TransferCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all-tags"},
      description = "All images of the repository")
  private boolean all;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but the name of the image")
  private boolean quiet;

  @Parameters(paramLabel = "NAME", description = "Name of the image")
  private String name;

  /** The images of a repository. */
  abstract List<Reference> all(Engine engine, Reference repository);

  abstract void transfer(Engine engine, Reference image, Progress progress);

  boolean isQuiet() {
    return quiet;
  }

  @Override
  final int run(Engine engine) {
    Reference reference = Reference.parse(name);
    if (!all) {
      if (reference.isNameOnly() && !quiet) {
        console().out().println("Using default tag: latest");
      }
      transfer(engine, reference.withDefaultTag());
      return 0;
    }
    if (!reference.isNameOnly()) {
      throw new InvalidInputException("tag can't be used with --all-tags/-a");
    }
    all(engine, reference).forEach(image -> transfer(engine, image));
    return 0;
  }

  private void transfer(Engine engine, Reference image) {
    transfer(engine, image, quiet ? Progress.none() : ConsoleProgress.onTerminal(console().out()));
  }
}
