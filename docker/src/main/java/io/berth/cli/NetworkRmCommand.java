package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Network;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = "Remove networks.",
    customSynopsis = "berth network rm [OPTIONS] NETWORK [NETWORK...]")
final class NetworkRmCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "A network that is not there is fine")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "NETWORK", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    return forEach(
        names,
        name -> {
          Optional<Network> network = engine.networks().find(name);
          if (network.isPresent() || !force) {
            engine.networks().get(name).remove();
            console().out().println(name);
          }
        });
  }
}
