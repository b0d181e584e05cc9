package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "inspect",
    description = "Print all that is known of images, as JSON.",
    customSynopsis = "berth image inspect [OPTIONS] NAME|ID [NAME|ID...]")
final class ImageInspectCommand extends InspectCommand {
  @Override
  String only() {
    return "image";
  }
}
