package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.VolumeRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Create a volume, and print its name.",
    customSynopsis = "berth volume create [OPTIONS] [VOLUME]")
final class VolumeCreateCommand extends EngineCommand {
  @Option(
      names = {"-d", "--driver"},
      paramLabel = "DRIVER",
      description = "Who keeps it (local)")
  private String driver;

  @Option(
      names = {"-o", "--opt"},
      paramLabel = "NAME=VALUE",
      description = "Option of the driver; of the local one type, device and o, as mount(8)")
  private List<String> options = List.of();

  @Option(names = "--label", paramLabel = "NAME[=VALUE]", description = "Label")
  private List<String> labels = List.of();

  @Option(names = "--name", paramLabel = "NAME", description = "Its name", hidden = true)
  private String oldName;

  @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "Its name (made up)")
  private String name;

  @Override
  int run(Engine engine) {
    String wanted = name != null ? name : oldName != null ? oldName : "";
    VolumeRequest request = engine.volumes().create(wanted);
    if (driver != null) {
      request.driver(driver);
    }
    options.stream()
        .map(o -> Assignment.of("option", o))
        .forEach(o -> request.option(o.name(), o.value()));
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    console().out().println(request.execute().name());
    return 0;
  }
}
