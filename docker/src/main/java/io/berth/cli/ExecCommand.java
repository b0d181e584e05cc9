package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Exec;
import io.berth.api.ExecRequest;
import io.berth.api.LaunchException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "exec",
    description = "Run a command in a container that runs.",
    customSynopsis = "berth exec [OPTIONS] CONTAINER COMMAND [ARG...]",
    footer = {
      "",
      "The exit code is the command's; 126 when it cannot be executed, 127 when it is not found."
    })
final class ExecCommand extends EngineCommand {
  @Option(
      names = {"-d", "--detach"},
      description = "Leave it running in the background")
  private boolean detach;

  @Option(
      names = {"-i", "--interactive"},
      description = "Give it this command's standard input")
  private boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "Give it a terminal")
  private boolean tty;

  @Mixin private ProcessOptions process;

  @Option(names = "--privileged", description = "With every capability")
  private boolean privileged;

  @Option(
      names = "--detach-keys",
      paramLabel = "KEYS",
      description = "Keys that leave it running (ctrl-p,ctrl-q)")
  private String detachKeys = "ctrl-p,ctrl-q";

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "What to run")
  private List<String> command;

  @Override
  int run(Engine engine) throws IOException {
    Container container = engine.containers().get(name);
    boolean real = session().onTerminal();
    if (!detach) {
      Streams.requireTerminal(tty, interactive, real);
    }
    ExecRequest request = container.exec(command).tty(tty).privileged(privileged).detached(detach);
    request.env(process.env(session().environment()));
    process.identity(request::workdir, request::user);
    try {
      return detach ? background(request) : foreground(request, real);
    } catch (LaunchException e) {
      console().error(ErrorText.of(e));
      return e.exitCode();
    }
  }

  private static int background(ExecRequest request) {
    request.start();
    return 0;
  }

  private int foreground(ExecRequest request, boolean real) {
    request.output(console().out(), console().err());
    if (interactive) {
      request.stdin(console().in());
    }
    if (tty) {
      request.detachKeys(detachKeys);
    }
    try (Streams terminal = tty && interactive && real ? Streams.terminal() : Streams.plain();
        Exec exec = request.start()) {
      if (real && tty) {
        Streams.followSize(size -> exec.resize(size.rows(), size.columns()));
      }
      Optional<Integer> code = exec.waitForExitOrDetach();
      return code.orElse(0);
    }
  }
}
