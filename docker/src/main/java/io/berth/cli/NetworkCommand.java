package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "network",
    description = "Networks of containers.",
    subcommands = {
      NetworkConnectCommand.class,
      NetworkCreateCommand.class,
      NetworkDisconnectCommand.class,
      NetworkInspectCommand.class,
      NetworkLsCommand.class,
      NetworkPruneCommand.class,
      NetworkRmCommand.class
    })
final class NetworkCommand extends GroupCommand {}
