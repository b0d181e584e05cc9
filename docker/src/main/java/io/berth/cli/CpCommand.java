package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.FileAccess;
import io.berth.api.FileAccess.CopyOptions;
import io.berth.api.FileAccess.ExtractOptions;
import io.berth.api.FileArchive;
import io.berth.error.InvalidInputException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description = "Copy files and directories into a container or out of it.",
    customSynopsis = {
      "berth cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
      "berth cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"
    },
    footer = {"", "With - a tar comes from standard input, or goes to standard output."})
final class CpCommand extends EngineCommand {
  @Option(
      names = {"-a", "--archive"},
      description = "Keep the owners of the files")
  private boolean archive;

  @Option(
      names = {"-L", "--follow-link"},
      description = "Copy what a symlink SRC_PATH leads to")
  private boolean followLink;

  @Option(
      names = {"-q", "--quiet"},
      description = "As docker has it: nothing is printed anyway")
  private boolean quiet;

  @Parameters(index = "0", paramLabel = "SRC", description = "What to copy")
  private String source;

  @Parameters(index = "1", paramLabel = "DEST", description = "Where to")
  private String target;

  /** A path of a container. */
  private record Place(String container, String path) {
    /** {@code NAME:PATH}; a path with a slash before the colon is one of this host. */
    static Optional<Place> of(String text) {
      int colon = text.indexOf(':');
      return colon < 1 || text.startsWith("/") || text.startsWith(".")
          ? Optional.empty()
          : Optional.of(new Place(text.substring(0, colon), text.substring(colon + 1)));
    }
  }

  @Override
  int run(Engine engine) {
    Optional<Place> from = Place.of(source);
    Optional<Place> to = Place.of(target);
    if (from.isPresent() && to.isPresent()) {
      throw new InvalidInputException("copying between containers is not supported");
    }
    if (from.isEmpty() && to.isEmpty()) {
      throw new InvalidInputException("must specify at least one container source");
    }
    CopyOptions options = new CopyOptions(followLink, archive);
    if (from.isPresent()) {
      FileAccess files = engine.containers().get(from.get().container()).files();
      if (target.equals("-")) {
        try (FileArchive tar = files.archive(from.get().path())) {
          tar.writeTo(console().out());
        }
      } else {
        files.copyFrom(from.get().path(), target, options);
      }
    } else {
      FileAccess files = engine.containers().get(to.get().container()).files();
      if (source.equals("-")) {
        files.extract(console().in(), to.get().path(), new ExtractOptions(true, archive));
      } else {
        files.copyTo(source, to.get().path(), options);
      }
    }
    return 0;
  }
}
