package io.berth.cli;

import io.berth.api.Engine;
import io.berth.error.BerthException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that works on an engine, which is open while it runs. */
@Command(
    synopsisHeading = "Usage:  ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    sortOptions = true)
abstract class EngineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--help", usageHelp = true, description = "Show this help")
  private boolean help;

  @Override
  public final Integer call() throws IOException {
    try (Engine engine = berth().open()) {
      return run(engine);
    }
  }

  /** Does the work and gives the exit code. */
  abstract int run(Engine engine) throws IOException;

  private BerthCommand berth() {
    return (BerthCommand) spec.root().userObject();
  }

  final Session session() {
    return berth().session();
  }

  final Console console() {
    return berth().session().console();
  }

  /** Does the same with each name, going on after errors, as docker does. */
  final int forEach(List<String> names, Consumer<String> action) {
    int code = 0;
    for (String name : names) {
      try {
        action.accept(name);
      } catch (BerthException e) {
        console().error(ErrorText.of(e));
        code = 1;
      }
    }
    return code;
  }

  /** Asks before something is lost; anything but yes is no. */
  final boolean confirm(String warning) throws IOException {
    console().out().println("WARNING! " + warning);
    console().out().print("Are you sure you want to continue? [y/N] ");
    console().out().flush();
    StringBuilder answer = new StringBuilder();
    int c;
    while ((c = console().in().read()) >= 0 && c != '\n') {
      answer.append((char) c);
    }
    return answer.toString().strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
  }
}
