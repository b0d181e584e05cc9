package io.berth.testcontainers;

import static io.berth.testcontainers.Apps.idle;
import static io.berth.testcontainers.Apps.shell;
import static io.berth.testcontainers.Apps.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitAllStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** All kinds of waiting: those that are over when they should be, and those that never are. */
@ExtendWith(Offline.class)
@Timeout(120)
class WaitIT {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final String PAGES =
      "echo '<p>up</p>' > /www/index.html; mkdir /www/private; echo secret >"
          + " /www/private/index.html; echo '/private:u:p' > /etc/httpd.conf";

  static List<WaitStrategy> met() {
    return List.of(
        Wait.forListeningPort(),
        Wait.forListeningPorts(8080),
        Wait.forHttp("/"),
        Wait.forHttp("/").forPort(8080).withMethod("GET").forStatusCode(200),
        Wait.forHttp("/none").forStatusCode(404),
        Wait.forHttp("/none").forStatusCodeMatching(code -> code >= 400),
        Wait.forHttp("/").forResponsePredicate(body -> body.contains("up")),
        Wait.forHttp("/private/").withBasicCredentials("u", "p"),
        Wait.forHttp("/").withHeader("X-Any", "thing").withReadTimeout(Duration.ofSeconds(5)),
        Wait.forLogMessage(".*serving.*\\n", 2),
        Wait.forSuccessfulCommand("test -e /www/index.html"),
        new WaitAllStrategy()
            .withStrategy(Wait.forLogMessage(".*serving.*", 1))
            .withStrategy(Wait.forListeningPort())
            .withStartupTimeout(Duration.ofSeconds(30)));
  }

  @ParameterizedTest
  @MethodSource("met")
  void isOverWhenItIsMet(WaitStrategy strategy) {
    try (GenericContainer<?> it =
        web(PAGES + "; echo serving; sleep 0.1; echo serving").waitingFor(strategy)) {
      it.start();

      assertThat(it.isRunning()).isTrue();
    }
  }

  static List<WaitStrategy> unmet() {
    return List.of(
        Wait.forListeningPorts(9).withStartupTimeout(SHORT),
        Wait.forHttp("/").forStatusCode(418).withStartupTimeout(SHORT),
        Wait.forHttp("/").forResponsePredicate("no"::equals).withStartupTimeout(SHORT),
        Wait.forHttp("/private/").withBasicCredentials("u", "x").withStartupTimeout(SHORT),
        Wait.forLogMessage(".*never.*", 1).withStartupTimeout(SHORT),
        Wait.forLogMessage(".*serving.*", 3).withStartupTimeout(SHORT),
        Wait.forSuccessfulCommand("false").withStartupTimeout(SHORT),
        new WaitAllStrategy(WaitAllStrategy.Mode.WITH_MAXIMUM_OUTER_TIMEOUT)
            .withStrategy(Wait.forLogMessage(".*serving.*", 1))
            .withStrategy(Wait.forSuccessfulCommand("false"))
            .withStartupTimeout(SHORT));
  }

  @ParameterizedTest
  @MethodSource("unmet")
  void failsWhenItIsNotMetInTime(WaitStrategy strategy) {
    try (GenericContainer<?> it =
        web(PAGES + "; echo serving; echo serving").waitingFor(strategy)) {
      if (strategy.toString().contains("HostPort")) {
        it.addExposedPort(9);
      }
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  void aPortWhereNothingListensIsWaitedForInVain() {
    try (GenericContainer<?> it =
        idle()
            .withExposedPorts(8080)
            .waitingFor(Wait.forListeningPort().withStartupTimeout(SHORT))) {
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  void aContainerThatIsUnhealthyIsWaitedForInVain() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString(
                "Dockerfile",
                "FROM "
                    + Offline.BUSYBOX
                    + "\nHEALTHCHECK --interval=100ms --retries=1 CMD false\nCMD sleep 1000\n");
    try (GenericContainer<?> it =
        new GenericContainer<>(image)
            .waitingFor(Wait.forHealthcheck().withStartupTimeout(Duration.ofSeconds(2)))) {
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  void aContainerWithoutHealthCheckCannotBeWaitedForByIt() {
    try (GenericContainer<?> it =
        idle().waitingFor(Wait.forHealthcheck().withStartupTimeout(SHORT))) {
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  void aContainerThatEndsIsNotWaitedForAnyLonger() {
    try (GenericContainer<?> it =
        shell("echo I fail >&2; exit 3").waitingFor(Wait.forLogMessage(".*never.*", 1))) {
      // What it says depends on whether the container was seen to run.
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }
}
