package io.berth.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.remote.RemoteEngine;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "info",
    description = "Print what the data directory holds, and what this host cannot do.",
    customSynopsis = "berth info")
final class InfoCommand extends EngineCommand {

  @Override
  int run(Engine engine) {
    if (engine instanceof RemoteEngine remote) {
      return print(remote);
    }
    List<Status> states =
        engine.containers().list().stream().map(Container::state).map(s -> s.status()).toList();
    PrintStream out = console().out();
    out.println("Version: " + Version.current());
    out.println("Data Directory: " + engine.dataDirectory());
    out.println("Containers: " + states.size());
    out.println(" Running: " + count(states, Status.RUNNING));
    out.println(" Created: " + count(states, Status.CREATED));
    out.println(" Stopped: " + count(states, Status.EXITED));
    out.println("Images: " + engine.images().list().size());
    out.println("Kernel Version: " + System.getProperty("os.version"));
    out.println("Architecture: " + System.getProperty("os.arch"));
    out.println("CPUs: " + Runtime.getRuntime().availableProcessors());
    engine.warnings().forEach(warning -> console().err().println("WARNING: " + warning));
    return 0;
  }

  /** What a remote engine tells of its own host. */
  private int print(RemoteEngine remote) {
    JsonNode info = remote.info();
    PrintStream out = console().out();
    out.println("Host: " + remote.host());
    out.println("API Version: " + remote.apiVersion());
    out.println("Version: " + info.path("ServerVersion").asText());
    out.println("Data Directory: " + info.path("DockerRootDir").asText());
    out.println("Containers: " + info.path("Containers").asText());
    out.println(" Running: " + info.path("ContainersRunning").asText());
    out.println(" Paused: " + info.path("ContainersPaused").asText());
    out.println(" Stopped: " + info.path("ContainersStopped").asText());
    out.println("Images: " + info.path("Images").asText());
    out.println("Operating System: " + info.path("OperatingSystem").asText());
    out.println("Kernel Version: " + info.path("KernelVersion").asText());
    out.println("Architecture: " + info.path("Architecture").asText());
    out.println("CPUs: " + info.path("NCPU").asText());
    info.path("Warnings").forEach(w -> console().err().println("WARNING: " + w.asText()));
    return 0;
  }

  private static long count(List<Status> states, Status status) {
    return states.stream().filter(s -> s == status).count();
  }
}
