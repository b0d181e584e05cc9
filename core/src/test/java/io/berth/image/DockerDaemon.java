package io.berth.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A dockerd of a test's own, apart from any other, without networks. */
public final class DockerDaemon implements AutoCloseable {
  private final Path directory;
  private final Process process;

  private DockerDaemon(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /** Starts it; skips the test where docker is not installed or does not run. */
  public static DockerDaemon start(Path directory) throws IOException, InterruptedException {
    Commands.require("dockerd");
    Commands.require("docker");
    Files.createDirectories(directory);
    Process process =
        new ProcessBuilder(
                "dockerd",
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--host=unix://" + directory.resolve("sock"),
                "--storage-driver=vfs",
                "--bridge=none",
                "--iptables=false",
                "--config-file=" + Files.writeString(directory.resolve("config"), "{}"))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    DockerDaemon daemon = new DockerDaemon(directory, process);
    for (int i = 0; i < 900 && process.isAlive(); i++) {
      if (Files.exists(directory.resolve("sock")) && daemon.answers()) {
        return daemon;
      }
      Thread.sleep(100);
    }
    String log = Files.readString(directory.resolve("log"));
    daemon.close();
    throw new org.opentest4j.TestAbortedException("dockerd does not run here: " + log);
  }

  private boolean answers() {
    try {
      run("version");
      return true;
    } catch (IOException | AssertionError e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Commands.run(
        Map.of("DOCKER_HOST", "unix://" + directory.resolve("sock")),
        command.toArray(String[]::new));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
