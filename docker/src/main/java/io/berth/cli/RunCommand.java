package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = "Create a container of an image, start it, and show its output until it ends.",
    customSynopsis = "berth run [OPTIONS] IMAGE [COMMAND] [ARG...]",
    footer = {
      "",
      "The exit code is the container's; 125 when berth itself failed, 126 when the command cannot be"
          + " executed, 127 when it is not found. A container that is not detached is stopped when"
          + " this command is."
    },
    exitCodeOnExecutionException = RunCommand.OWN_ERROR)
final class RunCommand extends EngineCommand {
  static final int OWN_ERROR = 125;
  private static final Duration GRACE = Duration.ofSeconds(10);

  @Mixin private ContainerOptions options;

  @Option(
      names = {"-d", "--detach"},
      description = "Leave the container running and print its id")
  private boolean detach;

  @Option(
      names = {"-i", "--interactive"},
      description = "Give the container this command's standard input")
  private boolean interactive;

  @Override
  int run(Engine engine) throws IOException {
    if (detach && interactive) {
      throw new InvalidInputException(
          "-d and -i are not supported together in this release: the input ends with this command");
    }
    CreateRequest request =
        options.request(engine.containers(), session().environment()).detached(detach);
    if (detach) {
      Container container = request.start();
      warn(container);
      console().out().println(container.id());
      return 0;
    }
    if (interactive) {
      request.stdin(console().in());
    }
    Container container = request.output(console().out(), console().err()).start();
    warn(container);
    return await(container);
  }

  private void warn(Container container) {
    container.warnings().forEach(warning -> console().err().println("WARNING: " + warning));
  }

  /** A signal that ends this command stops the container in the way that its image asks for. */
  private static int await(Container container) {
    Thread stop = new Thread(() -> container.stop(GRACE), "stop-container");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      return container.waitForExit();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(stop);
      } catch (IllegalStateException e) {
        // The hook is running: it has stopped the container, or is about to.
      }
    }
  }
}
