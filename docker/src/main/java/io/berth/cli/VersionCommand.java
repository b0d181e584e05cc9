package io.berth.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.remote.RemoteEngine;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "version",
    description = "Print the versions of Berth, of Java and of the system.",
    synopsisHeading = "Usage:  ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    customSynopsis = "berth version")
final class VersionCommand implements Callable<Integer> {
  @ParentCommand private BerthCommand berth;

  @Option(names = "--help", usageHelp = true, description = "Show this help")
  private boolean help;

  @Override
  public Integer call() {
    PrintStream out = berth.session().console().out();
    out.println("Berth");
    out.println(" Version:  " + Version.current());
    out.println(" Java:     " + Runtime.version());
    out.println(
        " OS/Arch:  "
            + System.getProperty("os.name").toLowerCase(Locale.ROOT)
            + "/"
            + System.getProperty("os.arch"));
    out.println(" Kernel:   " + System.getProperty("os.version"));
    berth
        .remote()
        .ifPresent(
            builder -> {
              try (RemoteEngine remote = builder.connect()) {
                print(out, remote);
              }
            });
    return 0;
  }

  private static void print(PrintStream out, RemoteEngine remote) {
    JsonNode version = remote.version();
    out.println();
    out.println("Engine: " + remote.host());
    String name = version.path("Platform").path("Name").asText();
    if (!name.isEmpty()) {
      out.println(" Name:     " + name);
    }
    out.println(" Version:  " + version.path("Version").asText());
    out.println(
        " API:      "
            + remote.apiVersion()
            + " (of "
            + version.path("MinAPIVersion").asText()
            + " to "
            + version.path("ApiVersion").asText()
            + ")");
    out.println(" OS/Arch:  " + version.path("Os").asText() + "/" + version.path("Arch").asText());
    out.println(" Kernel:   " + version.path("KernelVersion").asText());
  }
}
