package io.berth.cli;

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
    var out = berth.session().console().out();
    out.println("Berth");
    out.println(" Version:  " + Version.current());
    out.println(" Java:     " + Runtime.version());
    out.println(
        " OS/Arch:  "
            + System.getProperty("os.name").toLowerCase(Locale.ROOT)
            + "/"
            + System.getProperty("os.arch"));
    out.println(" Kernel:   " + System.getProperty("os.version"));
    return 0;
  }
}
