package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "inspect",
    description = "Print all that is known of containers, as JSON.",
    customSynopsis = "berth container inspect [OPTIONS] NAME|ID [NAME|ID...]")
final class ContainerInspectCommand extends InspectCommand {
  @Override
  String only() {
    return "container";
  }
}
