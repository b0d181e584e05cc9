package io.berth.testcontainers;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * A shell that outlives this JVM: when the JVM ends without a word, as by {@code kill -9}, it
 * starts {@link SweepMain}. It notices by the end of its standard input, whose other end only this
 * JVM has; until then it takes no time and next to no memory.
 */
final class Watchdog {
  /**
   * Signals to the process group, such as Ctrl-C in a terminal, are for the tests, not for it. Its
   * arguments are the directory to remove and the command.
   */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP QUIT
      directory=$1
      shift
      read -r word || word=
      [ "$word" = done ] || "$@"
      rm -rf "$directory"
      """;

  private final Process shell;

  private Watchdog(Process shell) {
    this.shell = shell;
  }

  /**
   * @param dataDirectory of the engine whose dead sessions are to be swept
   * @param directory is removed at the end
   */
  static Watchdog start(Path dataDirectory, Path directory) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "berth-watchdog"));
    command.add(directory.toString());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath())));
    command.add(SweepMain.class.getName());
    command.add(dataDirectory.toAbsolutePath().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(new File("/"));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new Watchdog(builder.start());
  }

  /** Tells it that there is nothing left to do. */
  void dismiss() {
    try (OutputStream out = shell.getOutputStream()) {
      out.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It was killed: then it does nothing either.
    }
  }

  /**
   * The class path, with what the manifests of its jars name: Surefire's own jar that holds nothing
   * else is gone when it is needed.
   */
  private static Set<String> classPath() {
    Set<String> all = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry).toAbsolutePath();
      all.add(path.toString());
      if (entry.endsWith(".jar")) {
        all.addAll(named(path));
      }
    }
    return all;
  }

  private static List<String> named(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String path =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      List<String> found = new ArrayList<>();
      for (String entry : path == null ? new String[0] : path.strip().split(" +")) {
        URI address = jar.toUri().resolve(entry);
        if ("file".equals(address.getScheme())) {
          found.add(Path.of(address).toString());
        }
      }
      return found;
    } catch (IOException | IllegalArgumentException e) {
      return List.of();
    }
  }
}
