package io.berth.testcontainers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A main class of the tests in a JVM of its own, with an environment of its own: Testcontainers
 * reads some settings from there alone, and once.
 */
final class Program {
  private final Class<?> main;
  private final Path root;
  private final Map<String, String> environment;
  private final List<String> options;

  /** One that is told to use Berth. */
  Program(Class<?> main, Path root, Map<String, String> environment) {
    this(main, root, environment, List.of("-Dberth.testcontainers=true"));
  }

  Program(Class<?> main, Path root, Map<String, String> environment, List<String> options) {
    this.main = main;
    this.root = root;
    this.environment = Map.copyOf(environment);
    this.options = List.copyOf(options);
  }

  /**
   * Runs it to its end.
   *
   * @return the lines that it wrote with {@link #say}
   * @throws AssertionError with all that it wrote when it fails or takes more than a minute
   */
  List<String> run(String... arguments) throws IOException, InterruptedException {
    Path log = Files.createTempFile("berth-program-", ".log");
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Dberth.root=" + root));
      command.addAll(options);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      String output = Files.readString(log, StandardCharsets.UTF_8);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(main + " failed:\n" + output);
      }
      return output
          .lines()
          .filter(line -> line.startsWith("said: "))
          .map(line -> line.substring(6))
          .toList();
    } finally {
      Files.delete(log);
    }
  }

  static void say(String line) {
    System.out.println("said: " + line);
    System.out.flush();
  }
}
