package io.berth.cli;

import io.berth.api.Engine;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code berth}: what all commands share. */
@Command(
    name = "berth",
    description = "Builds images and runs containers, without a daemon.",
    synopsisHeading = "Usage:  ",
    customSynopsis = "berth [--root DIR] COMMAND [OPTIONS] [ARG...]",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Everything is kept in one data directory: --root, else $BERTH_ROOT, else /var/lib/berth for"
          + " root and ~/.local/share/berth for others. BERTH_DEBUG=1 shows where errors come from.",
      "",
      "Run 'berth COMMAND --help' for more on a command."
    },
    subcommands = {
      AttachCommand.class,
      BuildCommand.class,
      BuilderCommand.class,
      CommitCommand.class,
      CompletionCommand.class,
      ContainerCommand.class,
      CpCommand.class,
      CreateCommand.class,
      DiffCommand.class,
      EventsCommand.class,
      ExecCommand.class,
      ExportCommand.class,
      HistoryCommand.class,
      ImageCommand.class,
      ImagesCommand.class,
      ImportCommand.class,
      InfoCommand.class,
      InspectCommand.class,
      KillCommand.class,
      LoadCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      LogsCommand.class,
      NetworkCommand.class,
      PauseCommand.class,
      PortCommand.class,
      PsCommand.class,
      PullCommand.class,
      PushCommand.class,
      RenameCommand.class,
      RestartCommand.class,
      RmCommand.class,
      RmiCommand.class,
      RunCommand.class,
      SaveCommand.class,
      SearchCommand.class,
      ServeCommand.class,
      StartCommand.class,
      StatsCommand.class,
      StopCommand.class,
      SystemCommand.class,
      TagCommand.class,
      TopCommand.class,
      UnpauseCommand.class,
      UpdateCommand.class,
      VersionCommand.class,
      VolumeCommand.class,
      WaitCommand.class
    })
final class BerthCommand implements Runnable {
  private final Session session;

  @Spec private CommandSpec spec;

  @Option(names = "--root", paramLabel = "DIR", description = "Data directory")
  private Path root;

  @Option(names = "--help", usageHelp = true, description = "Show this help")
  private boolean help;

  BerthCommand(Session session) {
    this.session = session;
  }

  Session session() {
    return session;
  }

  Engine open() {
    return session.engines().apply(Optional.ofNullable(root));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
