package io.berth.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** How a command ended, and what it printed. */
public record Ran(int code, String out, String err) {
  private static final int LONGEST_SECONDS = 120;

  public static Ran of(List<String> command, String input, String host)
      throws IOException, InterruptedException {
    if (!isInstalled(command.get(0))) {
      throw new TestAbortedException("needs the command " + command.get(0));
    }
    Path err = Files.createTempFile("berth-err", "");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().put("DOCKER_HOST", host);
      builder.environment().put("DOCKER_BUILDKIT", "0");
      builder.environment().put("DOCKER_CONFIG", err.getParent() + "/berth-no-docker-config");
      Process process = builder.start();
      // Beside what is read, or both could wait for each other.
      Thread typing = new Thread(() -> type(process.getOutputStream(), input));
      typing.start();
      byte[] out = process.getInputStream().readAllBytes();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      return new Ran(
          process.exitValue(), new String(out, StandardCharsets.UTF_8), Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }

  private static void type(OutputStream stdin, String input) {
    try (stdin) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading it all.
    }
  }

  public static boolean isInstalled(String command) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, command))) {
        return true;
      }
    }
    return false;
  }
}
