package io.berth.cli;

import io.berth.api.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "save",
    description = "Write images, with their layers and names, to an archive.",
    customSynopsis = "berth save [OPTIONS] IMAGE [IMAGE...]")
final class SaveCommand extends EngineCommand {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to (standard output)")
  private Path output;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) throws IOException {
    // Found before anything is written.
    names.forEach(engine.images()::get);
    ArchiveOutput.write(
        this, output, out -> engine.images().save(names.toArray(String[]::new)).to(out));
    return 0;
  }
}
