package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "inspect",
    description = "Print all that is known of volumes, as JSON.",
    customSynopsis = "berth volume inspect [OPTIONS] NAME|ID [NAME|ID...]")
final class VolumeInspectCommand extends InspectCommand {
  @Override
  String only() {
    return "volume";
  }
}
