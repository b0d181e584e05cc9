package io.berth.cli;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.error.ConflictException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "attach",
    description = "Connect to the streams of a container that runs.",
    customSynopsis = "berth attach [OPTIONS] CONTAINER")
final class AttachCommand extends EngineCommand {
  @Mixin private ConnectionOptions connection;

  @Option(names = "--no-stdin", description = "Do not connect standard input")
  private boolean noStdin;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Override
  int run(Engine engine) {
    Container container = engine.containers().get(name);
    Status status = container.state().status();
    if (status == Status.PAUSED) {
      throw new ConflictException("You cannot attach to a paused container, unpause it first");
    }
    if (status == Status.RESTARTING) {
      throw new ConflictException(
          "You cannot attach to a restarting container, wait until it is running");
    }
    if (status != Status.RUNNING) {
      throw new ConflictException("You cannot attach to a stopped container, start it first");
    }
    return connect(this, container, connection, !noStdin, () -> {});
  }

  /**
   * Connects and waits for the end.
   *
   * @param begin what is done once the connection is there
   * @return the container's exit code
   */
  static int connect(
      EngineCommand command,
      Container container,
      ConnectionOptions options,
      boolean stdin,
      Runnable begin) {
    boolean tty = container.spec().process().tty();
    boolean input = stdin && container.spec().process().stdin();
    boolean terminal = command.session().onTerminal();
    Streams.requireTerminal(tty, input, terminal);
    Console console = command.console();
    AttachRequest request = container.attach().output(console.out(), console.err());
    if (input) {
      request.stdin(console.in());
    }
    try (Streams streams = tty && input && terminal ? Streams.terminal() : Streams.plain();
        Attachment attachment = options.apply(request, tty).start()) {
      begin.run();
      if (terminal && tty) {
        Streams.followSize(size -> container.resize(size.rows(), size.columns()));
      } else if (terminal) {
        options.proxySignals(container);
      }
      return streams.await(container, attachment);
    }
  }
}
