package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** Other programs that tests compare with. */
public final class Commands {
  private Commands() {}

  public static void require(String program) {
    boolean found =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    if (!found) {
      throw new TestAbortedException("needs " + program);
    }
  }

  /** Runs to the end, and fails with its output when it fails. */
  public static String run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), command);
  }

  public static String run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(List.of(command) + "\n" + output).isZero();
    return output;
  }
}
