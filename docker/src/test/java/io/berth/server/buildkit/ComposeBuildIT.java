package io.berth.server.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.server.Served;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Builds of compose v2, which has buildx within it. */
class ComposeBuildIT {
  @RegisterExtension static final Served SERVED = new Served();

  @TempDir private Path directory;

  @Test
  void buildsItsServices() throws Exception {
    Buildx docker =
        Buildx.with(Files.createDirectory(directory.resolve("config")), SERVED.host(), "compose");
    Path project = Files.createDirectory(directory.resolve("project"));
    Files.writeString(project.resolve("f"), "of a service");
    Files.writeString(project.resolve("Dockerfile"), "FROM busybox:test\nCOPY f /\n");
    Path file =
        Files.writeString(
            project.resolve("compose.yaml"),
            """
            services:
              a: {build: ., image: composed:a, command: [cat, /f]}
              b: {build: {context: ., dockerfile_inline: "FROM busybox:test"}, command: [echo, b]}
            """);

    docker.ok("compose", "-f", file.toString(), "build");
    String up = docker.ok("compose", "-f", file.toString(), "up", "--build");
    docker.ok("compose", "-f", file.toString(), "down");

    assertThat(up).contains("of a service");
  }
}
