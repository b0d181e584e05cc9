package io.berth.build;

import com.google.common.base.Suppliers;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.Location;
import io.berth.error.InvalidInputException;
import io.berth.internal.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What is built: the Dockerfile, its context, and what the context leaves out.
 *
 * @param name of the Dockerfile, in error messages
 * @param file where it was read, if it was
 * @param context opened when it is first asked for, where the Dockerfile is not in it
 */
record BuildInput(
    Dockerfile dockerfile,
    String name,
    Optional<Path> file,
    Supplier<Optional<Contexts.Folder>> context) {
  private static final String DEFAULT_NAME = "Dockerfile";

  static BuildInput load(BuildOptions options, Contexts contexts) {
    BuildOptions.Input input = options.input();
    boolean keepGit = options.args().getOrDefault("BUILDKIT_CONTEXT_KEEP_GIT_DIR", "").equals("1");
    Supplier<Optional<Contexts.Folder>> lazy =
        Suppliers.memoize(() -> input.context().map(c -> contexts.open(c, keepGit)));
    if (input.dockerfile().isPresent()) {
      return new BuildInput(input.dockerfile().get(), DEFAULT_NAME, Optional.empty(), lazy);
    }
    Optional<Contexts.Folder> context = lazy.get();
    Optional<String> text = context.flatMap(Contexts.Folder::dockerfile);
    if (text.isPresent()) {
      return new BuildInput(
          Dockerfile.parse(text.get(), DEFAULT_NAME), DEFAULT_NAME, Optional.empty(), lazy);
    }
    Path file = file(input, context);
    String name = file.getFileName().toString();
    Dockerfile read =
        foreign(context, file)
            .map(folder -> Dockerfile.parse(ContextFile.dockerfile(folder, file), name))
            .orElseGet(() -> Dockerfile.read(file));
    return new BuildInput(read, name, Optional.of(file), lazy);
  }

  /** The directory of somebody else's that a file is in: no link in it may lead out. */
  private static Optional<Path> foreign(Optional<Contexts.Folder> context, Path file) {
    return context
        .filter(folder -> !folder.own())
        .map(Contexts.Folder::directory)
        .filter(file::startsWith);
  }

  private static Path file(BuildOptions.Input input, Optional<Contexts.Folder> context) {
    boolean own = context.isEmpty() || context.get().own();
    if (input.file().isPresent()) {
      Path file = input.file().get();
      if (own || file.isAbsolute() && Files.exists(file)) {
        return file;
      }
      Path root = context.get().directory();
      Path inside = root.resolve(file).normalize();
      if (!inside.startsWith(root)) {
        throw new InvalidInputException("The Dockerfile " + file + " lies outside of the context");
      }
      return inside;
    }
    Path directory =
        context
            .map(Contexts.Folder::directory)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Nothing to build: give a context directory or a Dockerfile"));
    Path usual = directory.resolve(DEFAULT_NAME);
    Path lower = directory.resolve("dockerfile");
    return !Files.exists(usual, LinkOption.NOFOLLOW_LINKS) && Files.exists(lower) ? lower : usual;
  }

  /** The names that ARGs declare, anywhere. */
  Set<String> declaredArgs() {
    Set<String> names = new TreeSet<>();
    dockerfile.steps().stream()
        .map(step -> step.instruction())
        .filter(Instruction.Arg.class::isInstance)
        .flatMap(arg -> ((Instruction.Arg) arg).declarations().stream())
        .forEach(declaration -> names.add(declaration.name()));
    return names;
  }

  BuildContext openContext(StatCaches statCaches) {
    Contexts.Folder folder =
        context
            .get()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "there is no build context; set the directory with context(...)"));
    return BuildContext.open(
        folder.directory(),
        ignored(folder.directory()),
        folder.own() ? Optional.of(statCaches) : Optional.empty());
  }

  BuildException error(
      Optional<Location> location, Instruction instruction, String problem, Throwable cause) {
    return new BuildException(
        location.map(Location::file).orElse(name),
        location.map(Location::firstLine).orElse(0),
        instruction.summary(),
        problem,
        cause instanceof Steps.ExitException exit
            ? OptionalInt.of(exit.code())
            : OptionalInt.empty(),
        cause);
  }

  /** The Dockerfile's own ignore file comes before the context's. */
  private IgnorePatterns ignored(Path directory) {
    return file.map(path -> path.resolveSibling(path.getFileName() + ".dockerignore"))
        .flatMap(this::read)
        .or(() -> read(directory.resolve(".dockerignore")))
        .map(bytes -> IgnorePatterns.parse(new String(bytes, StandardCharsets.UTF_8)))
        .orElseGet(IgnorePatterns::none);
  }

  private Optional<byte[]> read(Path path) {
    return foreign(context.get(), path)
        .map(folder -> ContextFile.read(folder, path))
        .orElseGet(() -> AtomicFile.read(path));
  }
}
