package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import io.berth.linux.Programs;
import io.berth.testing.DebianImages;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Both versions of Compose, on this host and in a container, with the engine in this JVM. */
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
          volumes: ["kept:/kept"]
          networks: [front, back]
          ports: ["8080"]
          depends_on: [back]
        back:
          image: busybox:1.36
          command: sh -c "echo hello from behind > /index.html; exec httpd -f -p 9000 -h /"
          networks:
            # Testcontainers reaches exposed services in one network only.
            front: {}
            back:
              aliases: [behind]
      networks:
        front: {}
        back:
          labels: {kind: inner}
      volumes:
        kept: {}
      """;

  private static final String DOCKERFILE =
      """
      FROM busybox:1.36
      RUN mkdir /www
      CMD echo "$WORD" > /www/index.html; echo serving; \\
        until wget -q -O /www/back http://behind:9000/; do sleep 0.1; done; \\
        echo both; exec httpd -f -p 8080 -h /www
      """;

  @TempDir Path directory;

  @BeforeAll
  static void buildTheForwarder() {
    DebianImages.socat(OFFLINE.engine());
  }

  private File write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toFile();
  }

  private File project(String version) throws IOException {
    write("Dockerfile", DOCKERFILE);
    return write("compose.yml", FILE.formatted(version));
  }

  private static String get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  /** What there is of Compose's projects whose names begin so. */
  private static List<String> left(String project) {
    List<String> names = new java.util.ArrayList<>();
    docker()
        .listContainersCmd()
        .withShowAll(true)
        .exec()
        .forEach(c -> names.add(c.getNames()[0].substring(1)));
    docker().listVolumesCmd().exec().getVolumes().forEach(v -> names.add(v.getName()));
    docker().listNetworksCmd().exec().forEach(n -> names.add(n.getName()));
    return names.stream().filter(n -> n.startsWith(project)).toList();
  }

  /** Asks the two services for what they serve, from here and from each other. */
  private static void assertServices(
      BiFunction<String, Integer, Integer> port,
      Function<String, Optional<ContainerState>> service,
      WaitingConsumer log)
      throws Exception {
    assertThat(get(port.apply("web", 8080), "/")).isEqualTo("composed\n");
    assertThat(get(port.apply("web", 8080), "/back")).isEqualTo("hello from behind\n");
    assertThat(get(port.apply("back", 9000), "/")).isEqualTo("hello from behind\n");
    log.waitUntil(f -> f.getUtf8String().contains("serving"), 60, TimeUnit.SECONDS);
    ContainerState web = service.apply("web").orElseThrow();
    assertThat(web.execInContainer("cat", "/www/index.html").getStdout()).isEqualTo("composed\n");
    assertThat(web.execInContainer("mount").getStdout()).contains(" on /kept ");
    assertThat(web.getContainerInfo().getNetworkSettings().getNetworks()).hasSize(2);
    String published =
        web.getContainerInfo().getNetworkSettings().getPorts().getBindings().entrySet().stream()
            .filter(e -> e.getKey().getPort() == 8080)
            .map(e -> e.getValue()[0].getHostPortSpec())
            .findFirst()
            .orElseThrow();
    assertThat(get(Integer.parseInt(published), "/")).isEqualTo("composed\n");
    // Each container of a scaled service has the service's name.
    assertThat(web.execInContainer("nslookup", "behind").getStdout().lines())
        .filteredOn(line -> line.startsWith("Address") && !line.contains("127.0.0.11"))
        .hasSize(2);
    assertThat(service.apply("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @SuppressWarnings("deprecation")
  void theFirstComposeRunsAndScalesServices(boolean here) throws Exception {
    if (here) {
      assumeTrue(
          Programs.find("docker-compose").isPresent(), "needs the Debian package docker-compose");
    } else {
      DebianImages.firstCompose(OFFLINE.engine());
    }
    WaitingConsumer log = new WaitingConsumer();
    String name = "first" + here;
    try (DockerComposeContainer<?> compose =
        Composes.first(here, name, project("version: '3.7'"))) {
      compose
          .withEnv("WORD", "composed")
          .withBuild(true)
          .withPull(false)
          .withScaledService("back", 2)
          .withServices("web", "back")
          .withLogConsumer("web_1", log)
          .withExposedService("web_1", 8080, Wait.forHttp("/").forStatusCode(200))
          .withExposedService("back", 9000)
          .waitingFor("web_1", Wait.forLogMessage(".*both.*", 1));
      compose.start();

      assertServices(
          compose::getServicePort, s -> compose.getContainerByServiceName(s + "_1"), log);
      assertThat(compose.getContainerByServiceName("back_2")).isPresent();
    }
    assertThat(left(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSecondComposeRunsAndScalesServices(boolean here) throws Exception {
    provideTheSecond(here);
    WaitingConsumer log = new WaitingConsumer();
    String name = "second" + here;
    try (ComposeContainer compose = Composes.second(here, name, project(""))) {
      compose
          .withEnv("WORD", "composed")
          .withBuild(true)
          .withPull(false)
          .withScaledService("back", 2)
          .withServices("web", "back")
          .withLogConsumer("web-1", log)
          .withExposedService("web", 8080, Wait.forHttp("/").forStatusCode(200))
          .withExposedService("back", 9000)
          .waitingFor("web", Wait.forLogMessage(".*both.*", 1));
      compose.start();

      assertServices(compose::getServicePort, compose::getContainerByServiceName, log);
      assertThat(compose.getContainerByServiceName("back-2")).isPresent();
    }
    assertThat(left(name)).isEmpty();
  }

  private static void provideTheSecond(boolean here) {
    DebianImages.composePlugin();
    if (here) {
      assumeTrue(Programs.find("docker").isPresent(), "needs the command docker");
    } else {
      DebianImages.secondCompose(OFFLINE.engine());
    }
  }

  @Test
  void filesOverrideOthersAndProfilesAddServices() throws Exception {
    provideTheSecond(true);
    File base =
        write(
            "compose.yml",
            """
            services:
              one:
                image: busybox:1.36
                command: sleep 1000
                environment: {A: base, B: base}
                healthcheck: {test: ["CMD", "true"], interval: 200ms}
              two:
                image: busybox:1.36
                command: sleep 1000
                profiles: [more]
                depends_on: {one: {condition: service_healthy}}
              three:
                image: busybox:1.36
                command: sleep 1000
                profiles: [never]
            """);
    File over = write("override.yml", "services: {one: {environment: {B: over}, scale: 2}}\n");
    try (ComposeContainer compose = Composes.second(true, "more", base, over)) {
      compose
          .withPull(false)
          .withOptions("--profile more")
          .waitingFor("one", Wait.forHealthcheck());
      compose.start();

      assertThat(
              compose
                  .getContainerByServiceName("one-2")
                  .orElseThrow()
                  .execInContainer("sh", "-c", "echo $A $B")
                  .getStdout())
          .isEqualTo("base over\n");
      assertThat(compose.getContainerByServiceName("two")).isPresent();
      assertThat(compose.getContainerByServiceName("three")).isEmpty();
    }
    assertThat(left("more")).isEmpty();
  }

  @Test
  void onlyTheNamedFilesAreCopiedIntoTheContainerOfCompose() throws Exception {
    provideTheSecond(false);
    File file =
        write(
            "compose.yml",
            "services: {one: {image: 'busybox:1.36', command: 'sleep 1000', env_file: [set.env]}}");
    write("set.env", "A=from a file\n");
    try (ComposeContainer compose = Composes.second(false, "named", file)) {
      compose.withPull(false).withCopyFilesInContainer("set.env").start();

      assertThat(
              compose
                  .getContainerByServiceName("one")
                  .orElseThrow()
                  .execInContainer("sh", "-c", "echo $A")
                  .getStdout())
          .isEqualTo("from a file\n");
    }
    try (ComposeContainer compose = Composes.second(false, "lacking", file)) {
      compose.withPull(false).withCopyFilesInContainer("compose.yml");

      assertThatThrownBy(compose::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  @SuppressWarnings("deprecation")
  void servicesThatDoNotBecomeReadyAreReportedAndRemoved() throws Exception {
    assumeTrue(
        Programs.find("docker-compose").isPresent(), "needs the Debian package docker-compose");
    File file =
        write(
            "compose.yml",
            "version: '3.7'\nservices: {one: {image: 'busybox:1.36', command: 'sleep 1000'}}\n");
    try (DockerComposeContainer<?> compose = Composes.first(true, "late", file)) {
      compose
          .withPull(false)
          .waitingFor(
              "one_1",
              Wait.forLogMessage(".*never.*", 1).withStartupTimeout(Duration.ofSeconds(1)));

      assertThatThrownBy(compose::start)
          .hasStackTraceContaining(ContainerLaunchException.class.getName());
    }
    assertThat(left("late")).isEmpty();
    try (DockerComposeContainer<?> compose = Composes.first(true, "absent", file)) {
      compose.withPull(false).waitingFor("other_1", Wait.forLogMessage(".*", 1));

      assertThatThrownBy(compose::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("other_1");
    }
    assertThat(left("absent")).isEmpty();
  }
}
