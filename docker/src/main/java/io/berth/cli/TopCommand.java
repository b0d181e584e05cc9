package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.ProcessTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "top",
    description = "List the processes of a container.",
    customSynopsis = "berth top CONTAINER [PS-OPTION...]")
final class TopCommand extends EngineCommand {
  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Parameters(index = "1..*", paramLabel = "PS-OPTION", description = "Options of ps (-ef)")
  private List<String> options = List.of();

  @Override
  int run(Engine engine) {
    ProcessTable processes = engine.containers().get(name).top(options);
    Table table = new Table(processes.titles().toArray(String[]::new));
    processes.rows().forEach(row -> table.row(row.toArray(String[]::new)));
    table.print(console().out());
    return 0;
  }
}
