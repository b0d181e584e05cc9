package io.berth.remote.image;

import io.berth.api.ContextSource;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.UnsupportedException;
import io.berth.remote.transport.Ask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What an engine builds from.
 *
 * @param remote an address that the engine reads itself, in place of a tar
 * @param dockerfile where in the context it is
 * @param text of the Dockerfile, where this program knows it
 */
record BuildInput(
    Optional<Ask.Body> tar, Optional<String> remote, String dockerfile, Optional<String> text) {
  private static final String USUAL = "Dockerfile";
  private static final String IGNORE = ".dockerignore";

  static BuildInput of(
      Optional<ContextSource> context, Optional<Dockerfile> composed, Optional<Path> file) {
    if (composed.isPresent()) {
      return composed(context, composed.get().toString());
    }
    ContextSource source =
        context.orElseThrow(
            () ->
                new InvalidInputException(
                    "Nothing to build: give a context directory or a Dockerfile"));
    if (source instanceof ContextSource.Directory directory) {
      return directory(directory.path(), file);
    }
    String name = file.map(Path::toString).orElse(USUAL);
    if (source instanceof ContextSource.Files files) {
      byte[] text = files.files().get(name);
      return new BuildInput(
          Optional.of(out -> write(out, tar -> tar.files(files.files()))),
          Optional.empty(),
          name,
          Optional.ofNullable(text).map(String::new));
    }
    if (source instanceof ContextSource.Archive archive) {
      InputStream in = archive.tar();
      return new BuildInput(Optional.of(in::transferTo), Optional.empty(), name, Optional.empty());
    }
    return new BuildInput(Optional.empty(), Optional.of(address(source)), name, Optional.empty());
  }

  private static String address(ContextSource source) {
    if (source instanceof ContextSource.Git git) {
      return git.url();
    }
    if (source instanceof ContextSource.Download download) {
      return download.url();
    }
    throw new InvalidInputException(
        "The context of a build is a directory, tar or repository, found " + source);
  }

  private static BuildInput composed(Optional<ContextSource> context, String text) {
    String name = hiddenName();
    Writing writing =
        tar -> {
          if (context.isPresent()) {
            add(tar, context.get());
          }
          tar.text(name, text);
        };
    context.ifPresent(BuildInput::checkSent);
    return new BuildInput(
        Optional.of(out -> write(out, writing)), Optional.empty(), name, Optional.of(text));
  }

  private static void checkSent(ContextSource source) {
    boolean fetched =
        !(source instanceof ContextSource.Directory)
            && !(source instanceof ContextSource.Archive)
            && !(source instanceof ContextSource.Files);
    if (fetched) {
      throw new UnsupportedException(
          "A remote engine cannot build a Dockerfile of this program with a context that it"
              + " fetches itself ("
              + source
              + "): give the context as a directory or tar");
    }
  }

  private static void add(ContextTar tar, ContextSource source) throws IOException {
    if (source instanceof ContextSource.Directory directory) {
      Path root = directory.path();
      tar.directory(root, patterns(root.resolve(IGNORE)), Set.of(IGNORE));
    } else if (source instanceof ContextSource.Files files) {
      tar.files(files.files());
    } else if (source instanceof ContextSource.Archive archive) {
      tar.archive(archive.tar());
    }
  }

  private static BuildInput directory(Path directory, Optional<Path> file) {
    if (!Files.isDirectory(directory)) {
      throw new NotFoundException(
          "No such context directory: " + directory + "; give the directory that COPY reads from");
    }
    Path lower = directory.resolve("dockerfile");
    Path usual = directory.resolve(USUAL);
    Path chosen = file.orElse(!Files.exists(usual) && Files.exists(lower) ? lower : usual);
    if (!Files.exists(chosen)) {
      throw new NotFoundException(
          "No Dockerfile at " + chosen + ": create it, or name another with file(...)");
    }
    String text = read(chosen);
    Path own = chosen.resolveSibling(chosen.getFileName() + IGNORE);
    boolean hasOwn = Files.exists(own);
    IgnorePatterns ignored = patterns(hasOwn ? own : directory.resolve(IGNORE));
    Optional<String> inside = inside(directory, chosen);
    String name = inside.orElseGet(BuildInput::hiddenName);
    // The engine reads the ignore file once more; where another one counts, it must not.
    Set<String> kept = hasOwn ? Set.of(name) : Set.of(name, IGNORE);
    IgnorePatterns all = ignored;
    return new BuildInput(
        Optional.of(
            out ->
                write(
                    out,
                    tar -> {
                      tar.directory(directory, all, kept);
                      if (inside.isEmpty()) {
                        tar.text(name, text);
                      }
                      if (hasOwn && Files.exists(directory.resolve(IGNORE))) {
                        tar.text(IGNORE, "");
                      }
                    })),
        Optional.empty(),
        name,
        Optional.of(text));
  }

  private static Optional<String> inside(Path directory, Path file) {
    try {
      Path root = directory.toRealPath();
      Path real = file.toRealPath();
      return real.startsWith(root)
          ? Optional.of(root.relativize(real).toString())
          : Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot resolve " + file + ": " + e, e);
    }
  }

  private static IgnorePatterns patterns(Path file) {
    return Files.exists(file) ? IgnorePatterns.parse(read(file)) : IgnorePatterns.none();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** One that no file of the context has. */
  private static String hiddenName() {
    return ".dockerfile." + UUID.randomUUID().toString().substring(0, 8);
  }

  private interface Writing {
    void to(ContextTar tar) throws IOException;
  }

  private static void write(java.io.OutputStream out, Writing writing) throws IOException {
    ContextTar tar = new ContextTar(out);
    writing.to(tar);
    tar.finish();
  }
}
