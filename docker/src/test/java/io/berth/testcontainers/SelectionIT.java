package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.server.ApiServer;
import io.berth.testing.TestEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/** Which engine Testcontainers takes; what a user has chosen is never overridden. */
@Timeout(180)
class SelectionIT {
  private static final String ENVIRONMENT =
      "org.testcontainers.dockerclient.EnvironmentAndSystemPropertyClientProviderStrategy";

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path home;

  /** Says where the data of the engine is that Testcontainers uses, or that there is none. */
  static final class Which {
    private Which() {}

    public static void main(String[] args) {
      DockerClientFactory factory = DockerClientFactory.instance();
      Program.say(
          factory.isDockerAvailable()
              ? factory.client().infoCmd().exec().getDockerRootDir()
              : "none");
      System.exit(0);
    }
  }

  private List<String> which(Map<String, String> environment, String... options) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("HOME", home.toString());
    // In a container Testcontainers would start another to find the address of this host.
    all.put("TESTCONTAINERS_HOST_OVERRIDE", "localhost");
    List<String> properties = new java.util.ArrayList<>(List.of(options));
    properties.add("-Duser.home=" + home);
    return new Program(Which.class, home.resolve("own"), all, properties).run();
  }

  private List<String> own() {
    return List.of(home.resolve("own").toString());
  }

  @Test
  void theEngineMayBeInTheJvmOfTheTests() throws Exception {
    assertThat(which(Map.of(), "-Dberth.testcontainers=true", "-Dberth.process=false"))
        .isEqualTo(own());
  }

  private static void assumeNoDocker() {
    assumeTrue(System.getenv("DOCKER_HOST") == null, "DOCKER_HOST names a Docker");
    assumeFalse(Files.exists(Path.of("/var/run/docker.sock")), "there is a Docker on this host");
  }

  /** Another engine behind a socket, as a Docker that the user has. */
  private String other() {
    Path socket = home.resolve("other.sock");
    ApiServer.builder(FIXTURE.engine()).unixSocket(socket).start();
    return "unix://" + socket;
  }

  @Test
  void berthIsTakenWhereThereIsNoDocker() throws Exception {
    assumeNoDocker();

    assertThat(which(Map.of())).isEqualTo(own());
  }

  @Test
  void dockerHostComesFirstEvenWhereBerthIsAskedFor() throws Exception {
    Map<String, String> chosen = Map.of("DOCKER_HOST", other());
    List<String> there = List.of(FIXTURE.dataDirectory().toString());

    assertThat(which(chosen)).isEqualTo(there);
    assertThat(which(chosen, "-Dberth.testcontainers=true")).isEqualTo(there);
  }

  @Test
  void aDockerHostThatCannotBeReachedIsNotReplaced() throws Exception {
    assumeNoDocker();

    assertThat(which(Map.of("DOCKER_HOST", "unix://" + home + "/none.sock")))
        .containsExactly("none");
  }

  @Test
  void thePropertiesOfTheUserComeFirst() throws Exception {
    Files.writeString(
        home.resolve(".testcontainers.properties"),
        "docker.client.strategy=" + ENVIRONMENT + "\ndocker.host=" + other() + "\n");

    assertThat(which(Map.of())).containsExactly(FIXTURE.dataDirectory().toString());
  }

  @Test
  void berthIsAskedForInThePropertiesOrTheEnvironment() throws Exception {
    assertThat(which(Map.of("TESTCONTAINERS_BERTH_TESTCONTAINERS", "true"))).isEqualTo(own());
    Files.writeString(home.resolve(".testcontainers.properties"), "berth.testcontainers=true\n");

    assertThat(which(Map.of())).isEqualTo(own());
  }

  @Test
  void berthIsNotTakenWhereItIsNotWanted() throws Exception {
    assumeNoDocker();

    assertThat(which(Map.of(), "-Dberth.testcontainers=false")).containsExactly("none");
  }
}
