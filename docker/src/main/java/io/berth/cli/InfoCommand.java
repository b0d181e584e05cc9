package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
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

  private static long count(List<Status> states, Status status) {
    return states.stream().filter(s -> s == status).count();
  }
}
