package io.berth.cli;

import io.berth.api.LaunchException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and turns errors into one line and an exit code. */
final class Cli {
  private static final int USAGE = 125;

  private final Session session;

  Cli(Session session) {
    this.session = session;
  }

  int run(String... args) {
    Console console = session.console();
    CommandLine line = new CommandLine(new BerthCommand(session));
    // Before the settings, which go to the commands that are there.
    Groups.addTo(line, List.of(args));
    line.setOut(new PrintWriter(console.out(), true))
        .setErr(new PrintWriter(console.err(), true))
        .setUsageHelpWidth(100)
        .setUsageHelpLongOptionsMaxWidth(36)
        .setAllowSubcommandsAsOptionParameters(true)
        .setAllowOptionsAsOptionParameters(true)
        .setOverwrittenOptionsAllowed(true)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command))
        .setParameterExceptionHandler((e, unused) -> misused(e));
    int code = line.execute(args);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private int failed(Exception e, CommandLine command) {
    session.console().error(ErrorText.of(e));
    if ("1".equals(session.environment().get("BERTH_DEBUG"))) {
      e.printStackTrace(session.console().err());
    }
    int code = command.getCommandSpec().exitCodeOnExecutionException();
    return code == RunCommand.OWN_ERROR && e instanceof LaunchException launch
        ? launch.exitCode()
        : code;
  }

  /** As docker: 125 for an option that is wrong, 1 for too few or too many arguments. */
  private int misused(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    boolean option =
        e.getArgSpec() instanceof OptionSpec
            || e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption();
    boolean unknown =
        command.getParent() == null && e instanceof UnmatchedArgumentException && !option;
    session
        .console()
        .error(
            unknown
                ? "Unknown command: " + ((UnmatchedArgumentException) e).getUnmatched().get(0)
                : e.getMessage());
    session.console().err().println("See '" + name + " --help'");
    return option ? USAGE : 1;
  }
}
