package io.berth.cli;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.LaunchException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = "Create a container of an image, start it, and show its output until it ends.",
    customSynopsis = "berth run [OPTIONS] IMAGE [COMMAND] [ARG...]",
    footer = {
      "",
      "The exit code is the container's; 125 when berth itself failed, 126 when the command cannot"
          + " be executed, 127 when it is not found. Signals are passed on to the container; ctrl-p"
          + " ctrl-q leaves one with a terminal running."
    },
    exitCodeOnExecutionException = RunCommand.OWN_ERROR)
final class RunCommand extends EngineCommand {
  static final int OWN_ERROR = 125;

  @Mixin private ContainerOptions options;

  @Mixin private ConnectionOptions connection;

  @Option(
      names = {"-d", "--detach"},
      description = "Leave the container running and print its id")
  private boolean detach;

  @Option(
      names = {"-a", "--attach"},
      paramLabel = "STREAM",
      description = "stdin, stdout or stderr; all that are there by default")
  private List<String> attach = List.of();

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress of a pull")
  private boolean quiet;

  @Override
  int run(Engine engine) throws IOException {
    Set<String> streams = streams();
    if (!detach) {
      Streams.requireTerminal(options.tty(), options.interactive(), session().onTerminal());
    }
    options.pullMissing(engine, quiet ? console().quiet() : console());
    Container container = options.request(engine.containers(), session().environment()).create();
    options.keepId(container.id());
    warn(container);
    if (detach) {
      begin(container);
      console().out().println(container.id());
      return 0;
    }
    return connected(container, streams);
  }

  private Set<String> streams() {
    if (detach && !attach.isEmpty()) {
      throw new InvalidInputException(
          "conflicting options: cannot specify both --attach and --detach");
    }
    Set<String> names =
        attach.stream().map(a -> a.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    if (!Set.of("stdin", "stdout", "stderr").containsAll(names)) {
      throw new InvalidInputException(
          "invalid argument for -a: expected stdin, stdout or stderr, found " + attach);
    }
    return names;
  }

  private int connected(Container container, Set<String> streams) {
    boolean all = streams.isEmpty();
    AttachRequest request =
        container
            .attach()
            .output(
                all || streams.contains("stdout")
                    ? console().out()
                    : OutputStream.nullOutputStream(),
                all || streams.contains("stderr")
                    ? console().err()
                    : OutputStream.nullOutputStream());
    if (options.interactive() && (all || streams.contains("stdin"))) {
      request.stdin(console().in());
    }
    try (Streams terminal =
            options.tty() && options.interactive() && session().onTerminal()
                ? Streams.terminal()
                : Streams.plain();
        Attachment attachment = connection.apply(request, options.tty()).start()) {
      begin(container);
      if (session().onTerminal()) {
        if (options.tty()) {
          Streams.followSize(size -> container.resize(size.rows(), size.columns()));
        } else {
          connection.proxySignals(container);
        }
      }
      return terminal.await(container, attachment);
    }
  }

  /** As docker, leaves a container that cannot be started, unless it goes with --rm. */
  private void begin(Container container) {
    try {
      container.start();
    } catch (LaunchException e) {
      if (options.autoRemove()) {
        try {
          container.remove(true);
        } catch (NotFoundException gone) {
          // A remote engine removes it itself.
        }
      }
      throw e;
    }
  }

  private void warn(Container container) {
    options.warnings().forEach(warning -> console().err().println("WARNING: " + warning));
    container.warnings().forEach(warning -> console().err().println("WARNING: " + warning));
  }
}
