package io.berth.cli;

import io.berth.api.Engine;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Write the file system of a container as a tar.",
    customSynopsis = "berth export [OPTIONS] CONTAINER")
final class ExportCommand extends EngineCommand {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to (standard output)")
  private Path output;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Override
  int run(Engine engine) throws IOException {
    ArchiveOutput.write(this, output, engine.containers().get(name).files()::export);
    return 0;
  }
}
