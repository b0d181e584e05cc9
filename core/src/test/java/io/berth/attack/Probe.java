package io.berth.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** The program of {@code src/test/native/probe.c}, which tries what a hostile one would. */
final class Probe {
  private static final Path SOURCE = Path.of("src/test/native/probe.c");

  private final Path program;

  private Probe(Path program) {
    this.program = program;
  }

  /** Builds it; skips the test without a compiler. */
  static Probe build() {
    Path built = Path.of("target/probe").toAbsolutePath();
    try {
      if (!Files.exists(built)
          || Files.getLastModifiedTime(built).compareTo(Files.getLastModifiedTime(SOURCE)) < 0) {
        compile(built, SOURCE);
      }
      return new Probe(built);
    } catch (IOException e) {
      throw new TestAbortedException("needs musl-gcc: install the Debian package musl-tools", e);
    }
  }

  static void compile(Path program, Path... sources) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("musl-gcc", "-std=gnu11", "-O1", "-static", "-o"));
    command.add(program + ".new");
    for (Path source : sources) {
      command.add(source.toString());
    }
    for (String directory :
        List.of(
            "/usr/include",
            "/usr/include/"
                + System.getProperty("os.arch").replace("amd64", "x86_64")
                + "-linux-gnu")) {
      command.addAll(List.of("-idirafter", directory));
    }
    String output = run(command);
    if (!Files.exists(Path.of(program + ".new"))) {
      throw new IllegalStateException(command + ": " + output);
    }
    Files.move(
        Path.of(program + ".new"), program, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  Path program() {
    return program;
  }

  /** Runs it on this host; what it prints. */
  String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** Runs a command on this host; what it prints. */
  static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
