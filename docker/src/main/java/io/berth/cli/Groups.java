package io.berth.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Docker's newer names of commands, such as {@code container ls} for {@code ps}. */
final class Groups {
  /** What follows the image or container belongs to the command in it. */
  private static final List<String> WITH_COMMAND = List.of("run", "create", "exec", "top");

  private static final Map<String, Map<String, Supplier<EngineCommand>>> GROUPS =
      Map.of(
          "container",
          Map.ofEntries(
              Map.entry("attach", AttachCommand::new),
              Map.entry("commit", CommitCommand::new),
              Map.entry("cp", CpCommand::new),
              Map.entry("create", CreateCommand::new),
              Map.entry("diff", DiffCommand::new),
              Map.entry("exec", ExecCommand::new),
              Map.entry("export", ExportCommand::new),
              Map.entry("inspect", ContainerInspectCommand::new),
              Map.entry("kill", KillCommand::new),
              Map.entry("logs", LogsCommand::new),
              Map.entry("ls", PsCommand::new),
              Map.entry("pause", PauseCommand::new),
              Map.entry("port", PortCommand::new),
              Map.entry("prune", ContainerPruneCommand::new),
              Map.entry("rename", RenameCommand::new),
              Map.entry("restart", RestartCommand::new),
              Map.entry("rm", RmCommand::new),
              Map.entry("run", RunCommand::new),
              Map.entry("start", StartCommand::new),
              Map.entry("stats", StatsCommand::new),
              Map.entry("stop", StopCommand::new),
              Map.entry("top", TopCommand::new),
              Map.entry("unpause", UnpauseCommand::new),
              Map.entry("update", UpdateCommand::new),
              Map.entry("wait", WaitCommand::new)),
          "image",
          Map.ofEntries(
              Map.entry("build", BuildCommand::new),
              Map.entry("history", HistoryCommand::new),
              Map.entry("import", ImportCommand::new),
              Map.entry("inspect", ImageInspectCommand::new),
              Map.entry("load", LoadCommand::new),
              Map.entry("ls", ImagesCommand::new),
              Map.entry("prune", ImagePruneCommand::new),
              Map.entry("pull", PullCommand::new),
              Map.entry("push", PushCommand::new),
              Map.entry("rm", RmiCommand::new),
              Map.entry("save", SaveCommand::new),
              Map.entry("tag", TagCommand::new)),
          "builder",
          Map.of("build", BuildCommand::new, "prune", BuilderPruneCommand::new),
          "system",
          Map.of(
              "df", SystemDfCommand::new,
              "events", EventsCommand::new,
              "info", InfoCommand::new,
              "prune", SystemPruneCommand::new));

  private Groups() {}

  /** Adds all of them. */
  static void addTo(CommandLine line) {
    GROUPS.keySet().forEach(group -> add(line, group));
  }

  /** Adds those that a command line names: to make a command takes time. */
  static void addTo(CommandLine line, List<String> args) {
    GROUPS.keySet().stream().filter(args::contains).forEach(group -> add(line, group));
    leaveArguments(line);
  }

  private static void add(CommandLine line, String group) {
    CommandLine parent = line.getSubcommands().get(group);
    GROUPS.get(group).entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> parent.addSubcommand(e.getKey(), e.getValue().get()));
    leaveArguments(parent);
  }

  private static void leaveArguments(CommandLine parent) {
    Map<String, CommandLine> commands = parent.getSubcommands();
    WITH_COMMAND.stream()
        .filter(commands::containsKey)
        .forEach(name -> commands.get(name).setStopAtPositional(true));
  }
}
