package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = "Remove containers with all they wrote.",
    customSynopsis = "berth rm [OPTIONS] CONTAINER [CONTAINER...]")
final class RmCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Kill containers that run; pass over those that do not exist")
  private boolean force;

  @Option(
      names = {"-v", "--volumes"},
      description = "Remove their anonymous volumes too")
  private boolean volumes;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          if (force && engine.containers().find(name).isEmpty()) {
            console().error("No such container: " + name);
            return;
          }
          engine.containers().get(name).remove(force, volumes);
          console().out().println(name);
        });
  }
}
