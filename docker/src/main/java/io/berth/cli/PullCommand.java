package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Progress;
import io.berth.api.PullRequest;
import io.berth.oci.Reference;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "pull",
    description = "Bring an image from its registry.",
    customSynopsis = "berth pull [OPTIONS] NAME[:TAG|@DIGEST]")
final class PullCommand extends TransferCommand {
  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Platform of the image (this host's)")
  private String platform;

  @Override
  List<Reference> all(Engine engine, Reference repository) {
    return engine.images().remoteTags(repository.toString()).stream()
        .map(repository::tagged)
        .toList();
  }

  @Override
  void transfer(Engine engine, Reference image, Progress progress) {
    PullRequest request = engine.images().pull(image.toString()).progress(progress);
    if (platform != null) {
      request.platform(platform);
    }
    request.execute();
    console().out().println(image);
  }
}
