package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * Runs an operation in a process of its own that is killed right before one of the changes that it
 * makes to the file system. The changes are seen as system calls (ptrace), so that none is missed:
 * those of the JDK, of native code, and of every thread.
 */
final class CrashPoint {
  private final Path tracer;
  private final Path data;

  private CrashPoint(Path tracer, Path data) {
    this.tracer = tracer;
    this.data = data;
  }

  /**
   * What a run came to.
   *
   * @param changes what was changed, in order; before the last of them it was killed
   * @param acknowledged whether the operation had returned
   */
  record Outcome(List<String> changes, boolean acknowledged) {
    String last() {
      return changes.isEmpty() ? "nothing" : changes.get(changes.size() - 1);
    }
  }

  /**
   * Compiles the tracer.
   *
   * @param data the changes below this directory count
   * @throws TestAbortedException where there is no C compiler
   */
  static CrashPoint compile(Path directory, Path data) throws IOException, InterruptedException {
    Path source = directory.resolve("crash-point.c");
    try (InputStream in = CrashPoint.class.getResourceAsStream("/native/crash-point.c")) {
      Files.copy(in, source);
    }
    Path tracer = directory.resolve("crash-point");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder("cc", "-O2", "-o", tracer.toString(), source.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new TestAbortedException("needs a C compiler: install the Debian package gcc", e);
    }
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compiler.waitFor()).as(output).isZero();
    return new CrashPoint(tracer, data);
  }

  /**
   * @param change before which of the changes it is killed, from 1; 0 for never
   */
  Outcome run(int change, Operation operation, String remote)
      throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                operation.name(),
                data.toString(),
                remote)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = reader(victim)) {
      expect(said, "waiting");
      Process tracing =
          new ProcessBuilder(
                  tracer.toString(),
                  Long.toString(victim.pid()),
                  Integer.toString(change),
                  operation.watched(data).toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      List<String> changes;
      try (BufferedReader seen = reader(tracing)) {
        expect(seen, "ready");
        try (OutputStream begin = victim.getOutputStream()) {
          begin.write('\n');
        }
        // To its end, which is the victim's.
        changes = seen.lines().toList();
      } finally {
        tracing.destroyForcibly().waitFor();
      }
      List<String> lines = said.lines().toList();
      boolean acknowledged = lines.contains("done");
      if (change == 0 || changes.size() < change) {
        assertThat(victim.waitFor()).as(String.join("\n", lines)).isZero();
      }
      return new Outcome(changes, acknowledged);
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void expect(BufferedReader reader, String line) throws IOException {
    StringBuilder others = new StringBuilder();
    for (String read = reader.readLine(); !line.equals(read); read = reader.readLine()) {
      if (read == null) {
        throw new AssertionError("ended: " + others);
      }
      others.append(read).append('\n');
    }
  }
}
