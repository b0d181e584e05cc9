package io.berth.cli;

import io.berth.api.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "disconnect",
    description = "Take a container out of a network.",
    customSynopsis = "berth network disconnect [OPTIONS] NETWORK CONTAINER")
final class NetworkDisconnectCommand extends EngineCommand {
  @Option(
      names = {"-f", "--force"},
      description = "As docker has it: also one that does not run, as always here")
  private boolean force;

  @Parameters(index = "0", paramLabel = "NETWORK", description = "Name or id")
  private String network;

  @Parameters(index = "1", paramLabel = "CONTAINER", description = "Name or id")
  private String container;

  @Override
  int run(Engine engine) {
    engine.networks().get(network).disconnect(container);
    return 0;
  }
}
