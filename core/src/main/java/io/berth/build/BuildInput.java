package io.berth.build;

import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.Location;
import io.berth.error.InvalidInputException;
import io.berth.internal.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is built: the Dockerfile, its context, and what the context leaves out.
 *
 * @param name of the Dockerfile, in error messages
 * @param file where it was read, if it was
 */
record BuildInput(Dockerfile dockerfile, String name, Optional<Path> file, Optional<Path> context) {
  private static final String DEFAULT_NAME = "Dockerfile";

  static BuildInput load(BuildOptions options) {
    Optional<Path> context = options.context();
    if (options.dockerfile().isPresent()) {
      return new BuildInput(options.dockerfile().get(), DEFAULT_NAME, Optional.empty(), context);
    }
    Path file =
        options
            .file()
            .or(() -> context.map(directory -> directory.resolve(DEFAULT_NAME)))
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Nothing to build: give a context directory or a Dockerfile"));
    return new BuildInput(
        Dockerfile.read(file), file.getFileName().toString(), Optional.of(file), context);
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

  BuildContext openContext(Path statCache) {
    Path directory =
        context.orElseThrow(
            () ->
                new InvalidInputException(
                    "there is no build context; set the directory with context(...)"));
    return BuildContext.open(directory, ignored(directory), statCache);
  }

  BuildException error(
      Optional<Location> location, Instruction instruction, String problem, Throwable cause) {
    return new BuildException(
        name,
        location.map(Location::firstLine).orElse(0),
        instruction.text(),
        problem,
        cause instanceof Steps.ExitException exit
            ? OptionalInt.of(exit.code())
            : OptionalInt.empty(),
        cause);
  }

  /** The Dockerfile's own ignore file comes before the context's. */
  private IgnorePatterns ignored(Path directory) {
    return file.map(path -> path.resolveSibling(path.getFileName() + ".dockerignore"))
        .flatMap(AtomicFile::read)
        .or(() -> AtomicFile.read(directory.resolve(".dockerignore")))
        .map(bytes -> IgnorePatterns.parse(new String(bytes, StandardCharsets.UTF_8)))
        .orElseGet(IgnorePatterns::none);
  }
}
