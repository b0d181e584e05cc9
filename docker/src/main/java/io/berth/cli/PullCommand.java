package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Progress;
import io.berth.api.PullRequest;
import io.berth.build.ConsoleProgress;
import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pull",
    description = "Bring an image from its registry.",
    customSynopsis = "berth pull [OPTIONS] NAME[:TAG|@DIGEST]")
final class PullCommand extends EngineCommand {
  @Option(
      names = {"-a", "--all-tags"},
      description = "All images of the repository")
  private boolean all;

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Platform of the image (this host's)")
  private String platform;

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
      pull(engine, reference.withDefaultTag());
      return 0;
    }
    if (!reference.isNameOnly()) {
      throw new InvalidInputException("tag can't be used with --all-tags/-a");
    }
    engine.images().remoteTags(name).forEach(tag -> pull(engine, reference.tagged(tag)));
    return 0;
  }

  private void pull(Engine engine, Reference reference) {
    Progress progress = quiet ? Progress.none() : ConsoleProgress.onTerminal(console().out());
    PullRequest request = engine.images().pull(reference.toString()).progress(progress);
    if (platform != null) {
      request.platform(platform);
    }
    request.execute();
    console().out().println(reference);
  }
}
