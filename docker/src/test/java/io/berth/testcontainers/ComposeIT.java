package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Programs;
import io.berth.testing.DebianImages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Compose, whose program runs here and speaks to the engine in this JVM. */
@Timeout(180)
class ComposeIT {
  @RegisterExtension static final Offline OFFLINE = new Offline();

  private static final String FILE =
      """
      %s
      services:
        web:
          build: .
          environment:
            WORD: ${WORD:-nothing}
          volumes:
            - kept:/kept
        back:
          image: busybox:1.36
          command: sh -c "echo hello from behind > /index.html; exec httpd -f -p 9000 -h /"
      volumes:
        kept: {}
      """;

  private static final String DOCKERFILE =
      """
      FROM busybox:1.36
      RUN mkdir /www
      CMD echo "$WORD" > /www/index.html; echo serving; \\
        until wget -q -O /www/back http://back:9000/; do sleep 0.1; done; \\
        echo both; exec httpd -f -p 8080 -h /www
      """;

  @TempDir Path directory;

  @BeforeAll
  static void buildTheForwarder() {
    DebianImages.socat(OFFLINE.engine());
  }

  private File project(String version) throws IOException {
    Files.writeString(directory.resolve("Dockerfile"), DOCKERFILE);
    return Files.writeString(directory.resolve("compose.yml"), FILE.formatted(version)).toFile();
  }

  private static String get(String host, int port, String path) throws Exception {
    return java.net.http.HttpClient.newHttpClient()
        .send(
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create("http://" + host + ":" + port + path))
                .build(),
            java.net.http.HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static long left(String name) {
    var client = DockerClientFactory.instance().client();
    return client.listContainersCmd().withShowAll(true).exec().stream()
            .filter(c -> c.getLabels().containsKey("com.docker.compose.project"))
            .count()
        + client.listVolumesCmd().exec().getVolumes().stream()
            .filter(v -> v.getName().contains(name))
            .count();
  }

  @Test
  @SuppressWarnings("deprecation")
  void theFirstComposeRunsServices() throws Exception {
    assumeTrue(
        Programs.find("docker-compose").isPresent(), "needs the Debian package docker-compose");
    WaitingConsumer log = new WaitingConsumer();
    try (DockerComposeContainer<?> compose =
        new DockerComposeContainer<>("first", project("version: '3.7'"))) {
      compose
          .withEnv("WORD", "composed")
          .withBuild(true)
          .withPull(false)
          .withLogConsumer("web_1", log)
          .withExposedService("web_1", 8080, Wait.forHttp("/").forStatusCode(200))
          .withExposedService("back", 9000)
          .waitingFor("web_1", Wait.forLogMessage(".*both.*", 1));
      compose.start();

      String host = compose.getServiceHost("web_1", 8080);
      assertThat(get(host, compose.getServicePort("web_1", 8080), "/")).isEqualTo("composed\n");
      assertThat(get(host, compose.getServicePort("web_1", 8080), "/back"))
          .isEqualTo("hello from behind\n");
      assertThat(get(host, compose.getServicePort("back", 9000), "/"))
          .isEqualTo("hello from behind\n");
      log.waitUntil(f -> f.getUtf8String().contains("serving"), 60, TimeUnit.SECONDS);
      ContainerState web = compose.getContainerByServiceName("web_1").orElseThrow();
      assertThat(web.execInContainer("cat", "/www/index.html").getStdout()).isEqualTo("composed\n");
    }
    assertThat(left("first")).isZero();
  }

  @Test
  void theSecondComposeRunsAndScalesServices() throws Exception {
    assumeTrue(isSecondThere(), "needs the command docker with its plugin compose");
    try (ComposeContainer compose = new ComposeContainer("second", project(""))) {
      compose
          .withEnv("WORD", "again")
          .withBuild(true)
          .withPull(false)
          .withServices("web", "back")
          .withScaledService("back", 2)
          .withExposedService("web", 8080, Wait.forHttp("/").forStatusCode(200));
      compose.start();

      assertThat(get(compose.getServiceHost("web", 8080), compose.getServicePort("web", 8080), "/"))
          .isEqualTo("again\n");
      assertThat(compose.getContainerByServiceName("back-2")).isPresent();
    }
    assertThat(left("second")).isZero();
  }

  private static boolean isSecondThere() throws InterruptedException {
    try {
      Process compose =
          new ProcessBuilder("docker", "compose", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return compose.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
