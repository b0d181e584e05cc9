package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Logs;
import io.berth.error.InvalidInputException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    description = "Print what a container has written.",
    customSynopsis = "berth logs [OPTIONS] CONTAINER")
final class LogsCommand extends EngineCommand {
  @Option(
      names = {"-t", "--timestamps"},
      description = "Show when each line was written")
  private boolean timestamps;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "LINES",
      description = "How many lines to show from the end, or all")
  private String tail = "all";

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Override
  int run(Engine engine) {
    Container container = engine.containers().get(name);
    List<Logs.Entry> entries = container.logs().entries();
    new LogPrinter(console(), timestamps).print(entries.subList(first(entries), entries.size()));
    return 0;
  }

  /** The index of the first entry of the lines that are asked for. */
  private int first(List<Logs.Entry> entries) {
    if (tail.equals("all")) {
      return 0;
    }
    if (!tail.matches("\\d{1,9}")) {
      throw new InvalidInputException(
          "Invalid number of lines \"" + tail + "\": expected a number or all");
    }
    int wanted = Integer.parseInt(tail);
    if (wanted == 0) {
      return entries.size();
    }
    int lines = 0;
    for (int i = entries.size() - 1; i > 0; i--) {
      // The last line may have no newline yet; every other one ends where an entry does.
      if (entries.get(i - 1).text().endsWith("\n") && ++lines == wanted) {
        return i;
      }
    }
    return 0;
  }
}
