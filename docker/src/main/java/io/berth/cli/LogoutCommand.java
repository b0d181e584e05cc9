package io.berth.cli;

import io.berth.api.Engine;
import io.berth.registry.DockerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "logout",
    description = "Forget the password that login has kept.",
    customSynopsis = "berth logout [SERVER]")
final class LogoutCommand extends EngineCommand {
  @Parameters(arity = "0..1", paramLabel = "SERVER", description = "The registry (Docker Hub)")
  private String server = "docker.io";

  @Override
  int run(Engine engine) {
    DockerConfig.ofUser().remove(LoginCommand.host(server));
    console().out().println("Removing login credentials for " + server);
    return 0;
  }
}
