package io.berth.runtime.oci;

import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.json.Json;
import io.berth.linux.FileRights;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.Launcher;
import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import io.berth.runtime.launch.StartFailure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Has containers set up by runc or crun. Berth's monitor stays with them as with its own: it mounts
 * the root, runs {@code create} and {@code start}, holds the output, follows the restart policy and
 * runs {@code delete} at the end. What the runtime knows is in {@code runtime} below the
 * container's directory: {@code runc --root DIR/runtime state ID}. Processes are started in them by
 * Berth's own launcher, which needs no more than the container's init.
 */
public final class RuntimeLauncher implements Launcher {
  private static final List<String> DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private static final int MAX_VERSION = 4096;

  private final Launcher own;
  private final Path program;
  private final boolean ownCgroups;
  private final Path init;

  private RuntimeLauncher(Launcher own, Path program, boolean ownCgroups, Path init) {
    this.own = own;
    this.program = program;
    this.ownCgroups = ownCgroups;
    this.init = init;
  }

  /**
   * @param own starts the monitors, and is closed with this
   * @param name {@code runc}, {@code crun}, or the path of such a program
   * @param dataDirectory the engine's
   * @throws InvalidInputException when there is no such program
   */
  public static RuntimeLauncher of(Launcher own, String name, Path dataDirectory) {
    Path program = find(name);
    boolean leavesCgroups = version(program).startsWith("crun ");
    return new RuntimeLauncher(own, program, !leavesCgroups, InitProgram.in(dataDirectory));
  }

  private static String version(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version")
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      try (InputStream out = process.getInputStream()) {
        return new String(out.readNBytes(MAX_VERSION), StandardCharsets.UTF_8);
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      throw new InvalidInputException("Cannot run the launcher " + program + ": " + e, e);
    }
  }

  private static Path find(String name) {
    if (name.startsWith("/")) {
      if (Files.isExecutable(Path.of(name))) {
        return Path.of(name);
      }
    } else if (!name.contains("/")) {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      Optional<Path> found =
          Stream.concat(Stream.of(path.split(":")), DIRECTORIES.stream())
              .filter(directory -> directory.startsWith("/"))
              .map(directory -> Path.of(directory, name))
              .filter(Files::isExecutable)
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new InvalidInputException(
        "No such launcher: "
            + name
            + " (neither \"native\" nor a program in PATH; install it, such as apt-get install runc)");
  }

  @Override
  public Monitor launch(LaunchSpec spec, MonitorListener listener) {
    if (spec.portable().isEmpty()) {
      return own.launch(spec, listener); // a process in a container that runs
    }
    Path directory = spec.directory();
    Path bundle = directory.resolve("bundle");
    try {
      Files.createDirectories(bundle);
      Files.createDirectories(directory.resolve("runtime"));
      Files.write(
          bundle.resolve("config.json"),
          OciConfig.write(
              spec,
              bundle,
              directory.resolve("root").toString(),
              init,
              FileRights.direct())); // it is run in the user namespace, if there is one
      Files.deleteIfExists(bundle.resolve("log.json"));
    } catch (IOException e) {
      throw new StorageException("Cannot write the bundle " + bundle + ": " + e, e);
    }
    try {
      return own.launch(
          spec.by(program, directory.resolve("runtime"), bundle, ownCgroups), listener);
    } catch (StartFailure e) {
      throw explain(e, spec, bundle.resolve("log.json"));
    }
  }

  /**
   * What the runtime has written to its log is the error; the monitor only knows that it failed.
   */
  private StartFailure explain(StartFailure failure, LaunchSpec spec, Path log) {
    Optional<String> message = lastError(log);
    if (message.isEmpty() || !failure.stage().startsWith("run ")) {
      return failure;
    }
    String text = message.get();
    String lower = text.toLowerCase(Locale.ROOT);
    boolean exec = lower.contains("exec: ") || lower.contains("executable file");
    if (exec && (lower.contains("no such file") || lower.contains("not found"))) {
      return new StartFailure(Errno.ENOENT, "exec", command(spec));
    }
    if (lower.contains("permission denied") && lower.contains("exec")
        || lower.contains("is not executable")) {
      return new StartFailure(Errno.EACCES, "exec", command(spec));
    }
    return new StartFailure(Errno.EINVAL, program.getFileName() + ": " + text, "");
  }

  private static String command(LaunchSpec spec) {
    return spec.items().stream()
        .filter(item -> item.tag() == 18)
        .findFirst()
        .map(item -> item.strings(0).get(0))
        .orElse("");
  }

  private static Optional<String> lastError(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> line.contains("\"msg\""))
          .reduce((first, second) -> second)
          .map(line -> Json.parse("log", line.getBytes(StandardCharsets.UTF_8)))
          .map(json -> json.string("msg"));
    } catch (IOException | BerthException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    own.close();
  }
}
