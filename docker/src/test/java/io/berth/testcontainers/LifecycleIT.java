package io.berth.testcontainers;

import static io.berth.testcontainers.Apps.idle;
import static io.berth.testcontainers.Apps.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Ulimit;
import io.berth.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IndefiniteWaitOneShotStartupCheckStrategy;
import org.testcontainers.containers.startupcheck.MinimumDurationRunningStartupCheckStrategy;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/** From start to stop: hooks, order, attempts, checks, and what a container is made with. */
@ExtendWith(Offline.class)
@Timeout(120)
class LifecycleIT {
  private static final class Hooked extends GenericContainer<Hooked> {
    final List<String> calls = new ArrayList<>();

    Hooked() {
      super(DockerImageName.parse(Offline.BUSYBOX));
      withCommand("sleep", "1000");
    }

    @Override
    protected void configure() {
      calls.add("configure");
    }

    @Override
    protected void containerIsCreated(String id) {
      calls.add("created");
    }

    @Override
    protected void containerIsStarting(InspectContainerResponse info) {
      calls.add("starting");
    }

    @Override
    protected void containerIsStarted(InspectContainerResponse info) {
      calls.add("started " + info.getState().getRunning());
    }

    @Override
    protected void containerIsStopping(InspectContainerResponse info) {
      calls.add("stopping");
    }

    @Override
    protected void containerIsStopped(InspectContainerResponse info) {
      calls.add("stopped");
    }
  }

  @Test
  void hooksAreCalledInOrder() {
    try (Hooked it = new Hooked()) {
      it.start();
      it.start();
      it.stop();

      assertThat(it.calls)
          .containsExactly(
              "configure", "created", "starting", "started true", "stopping", "stopped");
    }
  }

  @Test
  void aContainerIsStartedAgainAsAnother() {
    try (GenericContainer<?> it = idle()) {
      it.start();
      String first = it.getContainerId();
      it.stop();
      it.start();

      assertThat(it.getContainerId()).isNotEqualTo(first);
      assertThat(it.isRunning()).isTrue();
    }
  }

  @Test
  void manyStartSideBySideAfterTheirDependencies() {
    List<GenericContainer<?>> leaves = new ArrayList<>();
    GenericContainer<?> base = idle();
    GenericContainer<?> left = idle().dependsOn(base);
    GenericContainer<?> right = idle().dependsOn(base);
    IntStream.range(0, 4).forEach(i -> leaves.add(idle().dependsOn(left, right)));
    List<GenericContainer<?>> all = new ArrayList<>(leaves);
    all.addAll(List.of(left, right, base));
    try {
      Startables.deepStart(leaves).join();

      assertThat(all).allSatisfy(c -> assertThat(c.isRunning()).isTrue());
      assertThat(base.getContainerInfo().getCreated())
          .isLessThan(left.getContainerInfo().getCreated());
      assertThat(leaves)
          .allSatisfy(
              c ->
                  assertThat(c.getContainerInfo().getCreated())
                      .isGreaterThan(right.getContainerInfo().getCreated()));
    } finally {
      all.forEach(GenericContainer::stop);
    }
  }

  @Test
  void aFailedStartIsTriedAgainAndNothingIsLeft() {
    long before = containers();
    List<String> tried = new ArrayList<>();
    try (GenericContainer<?> it =
        shell("exit 5")
            .withStartupAttempts(3)
            .withCreateContainerCmdModifier(c -> tried.add("once"))
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }

    assertThat(tried).hasSize(3);
    assertThat(containers()).isEqualTo(before);
  }

  private static long containers() {
    return DockerClientFactory.instance()
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .exec()
        .size();
  }

  @Test
  void checksFindContainersThatFailOrEndTooSoon() {
    try (GenericContainer<?> failing =
            shell("exit 1").withStartupCheckStrategy(new OneShotStartupCheckStrategy());
        GenericContainer<?> slow =
            shell("sleep 1000")
                .withStartupCheckStrategy(
                    new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(1)));
        GenericContainer<?> soon =
            shell("sleep 0.1")
                .withStartupCheckStrategy(
                    new MinimumDurationRunningStartupCheckStrategy(Duration.ofSeconds(2)));
        GenericContainer<?> late =
            shell("sleep 0.4; exit 6")
                .withStartupCheckStrategy(new IndefiniteWaitOneShotStartupCheckStrategy())) {
      assertThat(List.of(failing, slow, soon, late))
          .allSatisfy(
              c -> assertThatThrownBy(c::start).isInstanceOf(ContainerLaunchException.class));
    }
  }

  /** Lets the container go on when it runs, and fails when it has ended. */
  private static final class UntilItEnds extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {
      try {
        waitStrategyTarget.execInContainer("touch", "/go");
        while (waitStrategyTarget.isRunning()) {
          Thread.sleep(10);
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw new IllegalStateException("ended");
    }
  }

  private static GenericContainer<?> ending(String script) {
    return shell("until test -e /go; do sleep 0.05; done; " + script).waitingFor(new UntilItEnds());
  }

  @Test
  void anEndBeforeItIsReadyIsExplained() {
    try (GenericContainer<?> it = ending("exit 42")) {
      assertThatThrownBy(it::start)
          .isInstanceOf(ContainerLaunchException.class)
          .hasStackTraceContaining("Container exited with code 42");
    }
  }

  @Test
  void memoryThatIsUsedUpIsToldOf() {
    assumeLimits();
    try (GenericContainer<?> it =
        ending("exec tail /dev/zero")
            .withCreateContainerCmdModifier(
                c -> c.getHostConfig().withMemory(16L << 20).withMemorySwap(16L << 20))) {
      assertThatThrownBy(it::start)
          .isInstanceOf(ContainerLaunchException.class)
          .hasStackTraceContaining("out-of-memory");
    }
  }

  @Test
  void aCommandThatIsNotThereIsNamed() {
    try (GenericContainer<?> it =
        new GenericContainer<>(Offline.BUSYBOX).withCommand("no-such-program")) {
      assertThatThrownBy(it::start)
          .isInstanceOf(ContainerLaunchException.class)
          .hasStackTraceContaining("no-such-program");
    }
  }

  @Test
  void commandsWordsAndEntryPoints() {
    try (GenericContainer<?> words =
            new GenericContainer<>(Offline.BUSYBOX)
                .withCommand("echo one two")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy());
        GenericContainer<?> entry =
            new GenericContainer<>(Offline.BUSYBOX)
                .withCreateContainerCmdModifier(c -> c.withEntrypoint("echo", "entry"))
                .withCommand("and command")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      words.start();
      entry.start();

      assertThat(words.getLogs()).isEqualTo("one two\n");
      assertThat(entry.getLogs()).isEqualTo("entry and command\n");
    }
  }

  @Test
  void environmentComesFromMapsAndValuesOfAllKinds() {
    try (GenericContainer<?> it =
        shell("printf '%s|' \"$A\" \"$B\" \"$EMPTY\" \"${NONE-unset}\"")
            .withEnv(Map.of("A", "1 2 'x'", "EMPTY", ""))
            .withEnv("B", old -> old.map(v -> v + "!").orElse("first"))
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      it.start();

      assertThat(it.getLogs()).isEqualTo("1 2 'x'|first||unset|");
    }
  }

  @Test
  void execAsAnotherUserElsewhereWithVariables() throws Exception {
    try (GenericContainer<?> it = idle()) {
      it.start();

      ExecResult result =
          it.execInContainer(
              ExecConfig.builder()
                  .user("nobody")
                  .workDir("/usr")
                  .envVars(Map.of("V", "set"))
                  .command(new String[] {"sh", "-c", "id -un; pwd; echo $V"})
                  .build());

      assertThat(result.getStdout()).isEqualTo("nobody\n/usr\nset\n");
      assertThat(it.execInContainer("no-such-program").getExitCode()).isIn(126, 127);
    }
  }

  @Test
  void limitsRightsAndKernelSettingsAreThoseOfTheModifier() throws Exception {
    try (GenericContainer<?> it =
        idle()
            .withPrivilegedMode(true)
            .withCreateContainerCmdModifier(
                c ->
                    c.getHostConfig()
                        .withUlimits(List.of(new Ulimit("nofile", 99L, 99L)))
                        .withSysctls(Map.of("net.ipv4.ip_forward", "0"))
                        .withPidsLimit(77L))) {
      it.start();

      assertThat(it.execInContainer("sh", "-c", "ulimit -n").getStdout()).isEqualTo("99\n");
      assertThat(it.execInContainer("cat", "/proc/sys/net/ipv4/ip_forward").getStdout())
          .isEqualTo("0\n");
      assertThat(it.getContainerInfo().getHostConfig().getPrivileged()).isTrue();
    }
  }

  @Test
  void stateIsKnownInAllItsParts() {
    try (GenericContainer<?> it = idle().withLabels(Map.of("a", "1", "b", "2"))) {
      assertThat(it.isCreated()).isFalse();
      it.start();

      assertThat(it.isCreated()).isTrue();
      assertThat(it.getContainerName()).startsWith("/");
      assertThat(it.getDockerImageName()).isEqualTo(Offline.BUSYBOX);
      assertThat(it.getCurrentContainerInfo().getState().getPidLong()).isPositive();
      assertThat(it.getContainerInfo().getConfig().getLabels())
          .containsEntry("a", "1")
          .containsEntry("b", "2")
          .containsKey("org.testcontainers.sessionId");
    }
  }

  /** Ordinary users have none without a delegated cgroup v2. */
  private static void assumeLimits() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "an ordinary user needs a delegated cgroup v2");
  }

  @Test
  void aContainerIsPausedAndKilledThroughItsClient() {
    assumeLimits();
    try (GenericContainer<?> it = idle()) {
      it.start();
      var client = it.getDockerClient();

      client.pauseContainerCmd(it.getContainerId()).exec();
      assertThat(it.getCurrentContainerInfo().getState().getPaused()).isTrue();
      client.unpauseContainerCmd(it.getContainerId()).exec();
      client.killContainerCmd(it.getContainerId()).exec();

      Await.until(() -> !it.isRunning());
      assertThat(it.getCurrentContainerInfo().getState().getExitCodeLong()).isEqualTo(137);
    }
  }
}
