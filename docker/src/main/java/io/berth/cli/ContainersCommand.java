package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Parameters;

/**
 * A command that does the same to several containers, and prints the names of those it was done to.
 */
abstract class ContainersCommand extends EngineCommand {
  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  final int run(Engine engine) {
    return forEach(
        names,
        name -> {
          act(engine.containers().get(name));
          console().out().println(name);
        });
  }

  abstract void act(Container container);
}
