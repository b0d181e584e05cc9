package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Volume;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ls", description = "List volumes.", customSynopsis = "berth volume ls [OPTIONS]")
final class VolumeLsCommand extends EngineCommand {
  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description = "Only what matches: dangling, driver, label or name")
  private List<String> filters = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Option(
      names = {"-q", "--quiet"},
      description = "Print names only")
  private boolean quiet;

  @Override
  int run(Engine engine) {
    List<Volume> volumes =
        Selection.<Volume>of(filters)
            .text("driver", Volume::driver)
            .part("name", Volume::name)
            .labels(Volume::labels)
            .is(
                "dangling",
                (v, value) ->
                    Boolean.parseBoolean(value) == engine.volumes().users(v.name()).isEmpty())
            .from(engine.volumes().list());
    if (quiet) {
      volumes.forEach(v -> console().out().println(v.name()));
      return 0;
    }
    new Listing<Volume>("{{.Driver}}\t{{.Name}}")
        .column("Driver", "DRIVER", Volume::driver)
        .column("Name", "VOLUME NAME", Volume::name)
        .column("Mountpoint", "MOUNTPOINT", Volume::mountpoint)
        .column("Scope", "SCOPE", v -> "local")
        .column("Labels", "LABELS", v -> Text.joined(v.labels()))
        .print(console().out(), format, volumes);
    return 0;
  }
}
