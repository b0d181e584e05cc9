package io.berth.dockerfile;

import java.util.List;

/** What RUN, CMD, ENTRYPOINT and HEALTHCHECK execute. */
public sealed interface Command {
  String text();

  /**
   * A line for the shell.
   *
   * @param heredocs those that the line announces, in order; RUN alone has them
   */
  record Shell(String line, List<Heredoc> heredocs) implements Command {
    public Shell {
      heredocs = List.copyOf(heredocs);
    }

    public Shell(String line) {
      this(line, List.of());
    }

    @Override
    public String text() {
      return line + Printing.heredocs(heredocs);
    }
  }

  /** Program and arguments, as they are. */
  record Exec(List<String> args) implements Command {
    public Exec {
      args = List.copyOf(args);
    }

    @Override
    public String text() {
      return JsonWords.print(args);
    }
  }
}
