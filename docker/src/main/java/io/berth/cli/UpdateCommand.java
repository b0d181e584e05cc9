package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.RestartPolicy;
import io.berth.api.UpdateRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "update",
    description = "Change the limits or the restart policy of containers.",
    customSynopsis = "berth update [OPTIONS] CONTAINER [CONTAINER...]")
final class UpdateCommand extends EngineCommand {
  @Mixin private ResourceOptions resources;

  @Option(
      names = "--restart",
      paramLabel = "POLICY",
      description = "no, on-failure[:N], always or unless-stopped")
  private String restart;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    resources.warnings().forEach(w -> console().err().println("WARNING: " + w));
    return forEach(
        names,
        name -> {
          UpdateRequest request =
              engine.containers().get(name).update().resources(resources.resources());
          if (restart != null) {
            request.restart(RestartPolicy.parse(restart));
          }
          request.execute();
          console().out().println(name);
        });
  }
}
