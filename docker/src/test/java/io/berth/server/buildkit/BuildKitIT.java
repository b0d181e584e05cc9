package io.berth.server.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.server.Served;
import io.berth.server.grpc.GrpcException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Builds of a client that speaks BuildKit's gRPC. */
class BuildKitIT {
  @RegisterExtension static final Served SERVED = new Served();

  private static FakeBuildx client() throws Exception {
    return new FakeBuildx(SERVED.socket());
  }

  private static SentFile dockerfile(String text) {
    return SentFile.file("Dockerfile", text);
  }

  @Test
  void buildsADirectoryOfTheClient() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY . /app\nRUN cat /app/d/hello"))
          .lend(
              "context",
              SentFile.directory("d"),
              SentFile.file("d/empty", ""),
              SentFile.file("d/hello", "hello of the client"),
              SentFile.symlink("link", "d/hello"))
          .open();

      Map<String, String> response =
          client.build(Map.of("filename", "Dockerfile", "label:a", "b"), "moby", "one,two:2");

      Image image = SERVED.engine().images().get("one:latest");
      assertThat(response)
          .containsEntry("containerimage.digest", image.id().toString())
          .containsEntry("image.name", "one,two:2");
      assertThat(SERVED.engine().images().get("two:2").id()).isEqualTo(image.id());
      assertThat(image.config().config().labels()).containsEntry("a", "b");
      assertThat(client.vertices())
          .contains("[internal] load build context", "[3/4] RUN cat /app/d/hello")
          .last()
          .isEqualTo("exporting to image");
      assertThat(client.status.stream().flatMap(s -> s.messages(3).stream()))
          .anyMatch(log -> log.text(4).contains("hello of the client"));
    }
  }

  @Test
  void tellsWhereInTheDockerfileABuildFails() throws Exception {
    try (FakeBuildx client = client()) {
      client.lend("dockerfile", dockerfile("FROM busybox:test\nRUN exit 3")).lend("context").open();

      assertThatThrownBy(() -> client.build(Map.of(), "moby", "failed"))
          .isInstanceOf(GrpcException.class)
          .hasMessageContaining("exit code 3");

      assertThat(SERVED.engine().images().find("failed")).isEmpty();
    }
  }

  @Test
  void refusesFilesOutsideOfWhatIsSent() throws Exception {
    for (String path : new String[] {"../up", "/etc/passwd", "a/../../up", "a//b", "."}) {
      try (FakeBuildx client = client()) {
        client
            .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY . /"))
            .lend("context", SentFile.file(path, "attack"))
            .open();

        assertThatThrownBy(() -> client.build(Map.of(), "moby", "attack"))
            .as(path)
            .isInstanceOf(GrpcException.class)
            .hasMessageContaining("\"" + path + "\"");
      }
    }
  }

  @Test
  void endsABuildWhoseSessionGoesAway() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nRUN echo begun; sleep 1000"))
          .lend("context")
          .open();

      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  client.build(Map.of(), "moby", "gone");
                  return null;
                } catch (Exception e) {
                  return e;
                }
              });
      while (client.status.stream()
          .flatMap(s -> s.messages(3).stream())
          .noneMatch(log -> log.text(4).contains("begun"))) {
        Thread.sleep(10);
      }
      client.closeSession();

      assertThat(failure.get()).hasMessageContaining("cancelled");
      assertThat(SERVED.engine().images().find("gone")).isEmpty();
    }
  }
}
