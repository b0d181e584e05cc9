package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "inspect",
    description = "Print all that is known of networks, as JSON.",
    customSynopsis = "berth network inspect [OPTIONS] NAME|ID [NAME|ID...]")
final class NetworkInspectCommand extends InspectCommand {
  @Override
  String only() {
    return "network";
  }
}
