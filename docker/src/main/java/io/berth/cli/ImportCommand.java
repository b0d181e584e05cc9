package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.ImportRequest;
import io.berth.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = "Make an image from the tar of a root file system, and print its id.",
    customSynopsis = "berth import [OPTIONS] FILE|- [REPOSITORY[:TAG]]")
final class ImportCommand extends EngineCommand {
  @Option(
      names = {"-c", "--change"},
      paramLabel = "INSTRUCTION",
      description = "Dockerfile instruction to apply, such as 'CMD [\"sh\"]'")
  private List<String> changes = List.of();

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "Comment in the image's history")
  private String message;

  @Option(names = "--platform", paramLabel = "OS/ARCH", description = "What the files are for")
  private String platform;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description =
          "Tar, plain or compressed with gzip or zstd: a file, an address with http:// or https://,"
              + " or - for standard input")
  private String file;

  @Parameters(index = "1", arity = "0..1", paramLabel = "REPOSITORY", description = "Its name")
  private String reference;

  @Override
  int run(Engine engine) throws IOException {
    if (file.equals("-")) {
      execute(engine.images().importRootfs(console().in()));
      return 0;
    }
    if (file.startsWith("http://") || file.startsWith("https://")) {
      execute(engine.images().importRootfs(address()));
      return 0;
    }
    try (InputStream tar = new BufferedInputStream(Files.newInputStream(Path.of(file)))) {
      execute(engine.images().importRootfs(tar));
    }
    return 0;
  }

  private URI address() {
    try {
      return new URI(file);
    } catch (URISyntaxException e) {
      throw new InvalidInputException("Invalid address " + file + ": " + e.getReason(), e);
    }
  }

  private void execute(ImportRequest request) {
    if (reference != null) {
      request.tag(reference);
    }
    changes.forEach(request::change);
    if (message != null) {
      request.message(message);
    }
    if (platform != null) {
      request.platform(platform);
    }
    console().out().println(request.execute().id());
  }
}
