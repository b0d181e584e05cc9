package io.berth.server.buildkit;

import io.berth.server.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** The docker command with its plugins, which send builds to BuildKit. */
record Buildx(Path config, String host) {
  private static final int LONGEST_SECONDS = 120;
  private static final List<String> DIRECTORIES =
      List.of(
          "/usr/local/lib/docker/cli-plugins",
          "/usr/local/libexec/docker/cli-plugins",
          "/usr/lib/docker/cli-plugins",
          "/usr/libexec/docker/cli-plugins");

  /**
   * @param config an empty directory
   * @param plugin {@code buildx} or {@code compose}; a test that needs one that is not there is
   *     skipped
   */
  static Buildx with(Path config, String host, String plugin) throws IOException {
    if (!Ran.isInstalled("docker")) {
      throw new TestAbortedException("needs the command docker");
    }
    Path plugins = Files.createDirectories(config.resolve("cli-plugins"));
    for (String each : List.of("buildx", "compose")) {
      Optional<Path> found = find(each);
      if (found.isPresent()) {
        Files.createSymbolicLink(plugins.resolve("docker-" + each), found.get());
      } else if (each.equals(plugin)) {
        throw new TestAbortedException("needs docker's plugin " + plugin);
      }
    }
    return new Buildx(config, host);
  }

  private static Optional<Path> find(String plugin) {
    Stream<Path> installed =
        Stream.concat(
                Stream.of(System.getProperty("user.home") + "/.docker/cli-plugins"),
                Stream.concat(DIRECTORIES.stream(), Stream.of(System.getenv("PATH").split(":"))))
            .map(Path::of)
            .flatMap(
                d ->
                    Stream.of("docker-" + plugin, plugin, "docker-" + plugin + "-v2")
                        .map(d::resolve));
    return installed.filter(Files::isRegularFile).filter(Buildx::isPlugin).findFirst();
  }

  /** Other programs may have the name, such as an older compose. */
  private static boolean isPlugin(Path file) {
    try {
      return Files.isExecutable(file)
          && new ProcessBuilder(file.toString(), "docker-cli-plugin-metadata")
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor()
              == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  Ran run(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile(config, "err", "");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("DOCKER_HOST", host);
    builder.environment().put("DOCKER_CONFIG", config.toString());
    builder.environment().put("BUILDKIT_PROGRESS", "plain");
    builder.environment().remove("DOCKER_BUILDKIT");
    Process process = builder.start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    byte[] out = process.getInputStream().readAllBytes();
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " does not end");
    }
    return new Ran(
        process.exitValue(), new String(out, StandardCharsets.UTF_8), Files.readString(err));
  }

  /** Runs the docker command, which must succeed; gives all that it printed. */
  String ok(String... arguments) throws IOException, InterruptedException {
    Ran ran = run("", arguments);
    if (ran.code() != 0) {
      throw new AssertionError(
          "docker " + String.join(" ", arguments) + " exited with " + ran.code() + ": " + ran);
    }
    return ran.out() + ran.err();
  }
}
