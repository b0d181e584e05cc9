package io.berth.cli;

import picocli.CommandLine.Command;

@Command(
    name = "volume",
    description = "Data that outlives containers.",
    subcommands = {
      VolumeCreateCommand.class,
      VolumeInspectCommand.class,
      VolumeLsCommand.class,
      VolumePruneCommand.class,
      VolumeRmCommand.class
    })
final class VolumeCommand extends GroupCommand {}
