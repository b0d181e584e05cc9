package io.berth.cli;

import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = "Remove volumes with all their data.",
    customSynopsis = "berth volume rm [OPTIONS] VOLUME [VOLUME...]")
final class VolumeRmCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "A volume that is not there is fine")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "VOLUME", description = "Its name")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          engine.volumes().remove(name, force);
          console().out().println(name);
        });
  }
}
