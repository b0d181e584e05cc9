package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.error.NotFoundException;
import io.berth.oci.Reference;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "push",
    description = "Bring an image to its registry.",
    customSynopsis = "berth push [OPTIONS] NAME[:TAG]")
final class PushCommand extends TransferCommand {
  @Override
  List<Reference> all(Engine engine, Reference repository) {
    List<Reference> names =
        engine.images().list().stream()
            .map(Image::tags)
            .flatMap(List::stream)
            .filter(tag -> tag.name().equals(repository.name()))
            .toList();
    if (names.isEmpty()) {
      throw new NotFoundException(
          "An image does not exist locally with the tag: " + repository.familiarName());
    }
    return names;
  }

  @Override
  void transfer(Engine engine, Reference image, Progress progress) {
    engine.images().push(image.toString()).progress(progress).execute();
    if (isQuiet()) {
      console().out().println(image);
    }
  }
}
