package io.berth.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A program in a JVM of its own, which is killed in the end. */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader reader;

  private ChildJvm(Process process, BufferedReader reader) {
    this.process = process;
    this.reader = reader;
  }

  /**
   * Runs a main class until it has printed a line.
   *
   * @throws AssertionError with what it printed, when it ended before
   */
  public static ChildJvm start(Class<?> main, String readyLine, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(args));
    List<String> output = new ArrayList<>();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      // Closed with the process.
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.equals(readyLine)) {
          return new ChildJvm(process, reader);
        }
        output.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError(main + " ended: " + String.join("\n", output));
  }

  /** Gives it a line to read, and then the end of its input. */
  public void say(String line) {
    try (OutputStream in = process.getOutputStream()) {
      in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end and gives its exit code. */
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** What it prints after the line, to its end. */
  public String output() {
    return reader.lines().collect(Collectors.joining("\n"));
  }

  /** Kills it with SIGKILL and waits for its end. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
