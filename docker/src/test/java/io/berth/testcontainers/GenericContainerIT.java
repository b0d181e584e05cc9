package io.berth.testcontainers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.registry.server.RegistryServer;
import io.berth.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.startupcheck.IndefiniteWaitOneShotStartupCheckStrategy;
import org.testcontainers.containers.startupcheck.MinimumDurationRunningStartupCheckStrategy;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.MountableFile;

/** What Testcontainers' containers do, through the engine in this JVM. */
@ExtendWith(Offline.class)
@Timeout(120)
class GenericContainerIT {
  private static final String SERVE =
      "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www";

  private static GenericContainer<?> container(String script) {
    return new GenericContainer<>(Offline.BUSYBOX).withCommand("sh", "-c", script);
  }

  private static GenericContainer<?> web(WaitStrategy ready) {
    return container(SERVE).withExposedPorts(8080).waitingFor(ready);
  }

  private static String get(GenericContainer<?> web) throws Exception {
    URI address = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(8080) + "/");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void theEngineInThisJvmIsUsed() {
    assertThat(DockerClientFactory.instance().isDockerAvailable()).isTrue();
    assertThat(DockerClientFactory.instance().client().versionCmd().exec().getPlatform().getName())
        .isEqualTo("Berth");
  }

  @Test
  void anExposedPortIsReachedAndWaitedFor() throws Exception {
    try (GenericContainer<?> web = web(Wait.forListeningPort())) {
      web.start();

      assertThat(get(web)).isEqualTo("hello\n");
      assertThat(web.isRunning()).isTrue();
      assertThat(web.getExposedPorts()).containsExactly(8080);
    }
  }

  @Test
  void aFixedPortOfTheHostCanBeBound() throws Exception {
    int port = FreePort.find();
    try (GenericContainer<?> web = web(Wait.forListeningPort())) {
      web.setPortBindings(List.of(port + ":8080"));
      web.start();

      assertThat(web.getMappedPort(8080)).isEqualTo(port);
      assertThat(get(web)).isEqualTo("hello\n");
    }
  }

  @Test
  void waitsForALine() {
    try (GenericContainer<?> web = web(Wait.forLogMessage(".*ready.*", 1))) {
      web.start();

      assertThat(web.getLogs()).contains("ready");
    }
  }

  @Test
  void waitsForAnAnswerOverHttp() {
    try (GenericContainer<?> web = web(Wait.forHttp("/").forStatusCode(200))) {
      web.start();

      assertThat(web.isRunning()).isTrue();
    }
  }

  @Test
  void waitsForACommandThatSucceeds() {
    try (GenericContainer<?> web =
        web(Wait.forSuccessfulCommand("wget -q -O - http://127.0.0.1:8080/"))) {
      web.start();

      assertThat(web.isRunning()).isTrue();
    }
  }

  @Test
  void waitsForHealth() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString(
                "Dockerfile",
                "FROM "
                    + Offline.BUSYBOX
                    + "\nHEALTHCHECK --interval=200ms --retries=100 CMD test -e /healthy\n"
                    + "CMD sleep 0.3; touch /healthy; sleep 1000\n");
    try (GenericContainer<?> it = new GenericContainer<>(image).waitingFor(Wait.forHealthcheck())) {
      it.start();

      assertThat(it.isHealthy()).isTrue();
    }
  }

  @Test
  void aWaitThatIsOverSaysSoWithTheLog() {
    try (GenericContainer<?> it =
        container("echo stuck; sleep 1000")
            .waitingFor(
                Wait.forLogMessage(".*never.*", 1).withStartupTimeout(Duration.ofSeconds(1)))) {
      assertThatThrownBy(it::start).isInstanceOf(ContainerLaunchException.class);
    }
  }

  @Test
  void execGivesOutputErrorsAndCode() throws Exception {
    try (GenericContainer<?> it = container("sleep 1000")) {
      it.start();

      ExecResult result = it.execInContainer("sh", "-c", "echo out; echo err >&2; exit 7");

      assertThat(result.getStdout()).isEqualTo("out\n");
      assertThat(result.getStderr()).isEqualTo("err\n");
      assertThat(result.getExitCode()).isEqualTo(7);
    }
  }

  @Test
  void filesAreCopiedInBeforeTheStartAndAfter(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("a.txt"), "from the host");
    Path tree = Files.createDirectories(directory.resolve("tree/sub"));
    Files.writeString(tree.resolve("b.txt"), "deep");
    try (GenericContainer<?> it =
        container("cat /data/a.txt; echo; sleep 1000")
            .withCopyFileToContainer(MountableFile.forHostPath(file), "/data/a.txt")
            .withCopyFileToContainer(MountableFile.forHostPath(directory.resolve("tree")), "/tree")
            .withCopyToContainer(Transferable.of("made up", 0600), "/made/up.txt")
            .waitingFor(Wait.forLogMessage(".*from the host.*", 1))) {
      it.start();
      it.copyFileToContainer(Transferable.of("later"), "/tmp/later.txt");

      assertThat(it.execInContainer("cat", "/tree/sub/b.txt").getStdout()).isEqualTo("deep");
      assertThat(it.execInContainer("stat", "-c", "%a", "/made/up.txt").getStdout())
          .isEqualTo("600\n");
      assertThat(it.execInContainer("cat", "/tmp/later.txt").getStdout()).isEqualTo("later");
    }
  }

  @Test
  void filesAreCopiedOut(@TempDir Path directory) throws Exception {
    try (GenericContainer<?> it = container("echo result > /out.txt; echo done; sleep 1000")) {
      it.waitingFor(Wait.forLogMessage(".*done.*", 1)).start();
      Path to = directory.resolve("out.txt");

      it.copyFileFromContainer("/out.txt", to.toString());

      assertThat(to).hasContent("result\n");
      String read =
          it.copyFileFromContainer("/out.txt", in -> new String(in.readAllBytes(), UTF_8));
      assertThat(read).isEqualTo("result\n");
    }
  }

  @Test
  void environmentLabelsAndWorkingDirectory() {
    try (GenericContainer<?> it =
        container("echo $WHO in $(pwd); sleep 1000")
            .withEnv("WHO", "berth")
            .withWorkingDirectory("/usr")
            .withLabel("mine", "yes")
            .waitingFor(Wait.forLogMessage(".*berth in /usr.*", 1))) {
      it.start();

      assertThat(it.getContainerInfo().getConfig().getLabels())
          .containsEntry("mine", "yes")
          .containsEntry("org.testcontainers", "true");
    }
  }

  @Test
  void bindsAndFileSystemsInMemory(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("bound.txt"), "bound");
    try (GenericContainer<?> it =
        container("sleep 1000")
            .withFileSystemBind(directory.toString(), "/bound", BindMode.READ_ONLY)
            .withTmpFs(java.util.Map.of("/memory", "rw,size=1m"))) {
      it.start();

      assertThat(it.execInContainer("cat", "/bound/bound.txt").getStdout()).isEqualTo("bound");
      assertThat(it.execInContainer("touch", "/bound/x").getExitCode()).isNotZero();
      assertThat(it.execInContainer("mount").getStdout()).contains("on /memory type tmpfs");
    }
  }

  @Test
  void consumersGetTheLogs() throws Exception {
    WaitingConsumer waiting = new WaitingConsumer();
    ToStringConsumer all = new ToStringConsumer();
    try (GenericContainer<?> it =
        container("for i in 1 2 3; do echo line $i; done; sleep 0.3; echo bad >&2; sleep 1000")
            .withLogConsumer(all.andThen(waiting))) {
      it.start();

      waiting.waitUntil(f -> f.getUtf8String().contains("line 3"), 60, TimeUnit.SECONDS);
      waiting.waitUntil(
          f -> f.getType() == OutputFrame.OutputType.STDERR && f.getUtf8String().contains("bad"),
          60,
          TimeUnit.SECONDS);
      assertThat(all.toUtf8String()).contains("line 1\nline 2\nline 3\n");
      assertThat(it.getLogs(OutputFrame.OutputType.STDERR)).isEqualTo("bad\n");
    }
  }

  @Test
  void namesAreFoundInANetwork() throws Exception {
    try (Network network = Network.newNetwork();
        GenericContainer<?> web =
            web(Wait.forListeningPort()).withNetwork(network).withNetworkAliases("web", "site");
        GenericContainer<?> client = container("sleep 1000").withNetwork(network)) {
      web.start();
      client.start();

      ExecResult result = client.execInContainer("wget", "-q", "-O", "-", "http://site:8080/");

      assertThat(result.getStdout()).as(result.getStderr()).isEqualTo("hello\n");
    }
  }

  @Test
  void startupChecksSeeTheExitCode() {
    try (GenericContainer<?> good =
        container("echo once").withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      good.start();
      assertThat(good.getLogs()).isEqualTo("once\n");
    }
    try (GenericContainer<?> slow =
        container("sleep 0.5; echo twice")
            .withStartupCheckStrategy(new IndefiniteWaitOneShotStartupCheckStrategy())) {
      slow.start();
      assertThat(slow.getLogs()).isEqualTo("twice\n");
    }
    try (GenericContainer<?> bad =
        container("exit 3").withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      assertThatThrownBy(bad::start).isInstanceOf(ContainerLaunchException.class);
    }
    try (GenericContainer<?> stays =
        container("sleep 1000")
            .withStartupCheckStrategy(
                new MinimumDurationRunningStartupCheckStrategy(Duration.ofMillis(300)))) {
      stays.start();
      assertThat(stays.isRunning()).isTrue();
    }
  }

  @Test
  void anImageIsBuiltFromADockerfileAndGoesWithTheSession() throws Exception {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString("greeting.txt", "built")
            .withBuildArg("WHO", "me")
            .withFileFromString(
                "Dockerfile",
                "FROM "
                    + Offline.BUSYBOX
                    + "\nARG WHO\nCOPY greeting.txt /\nRUN echo $WHO >> /greeting.txt\n"
                    + "CMD cat /greeting.txt; sleep 1000\n");
    try (GenericContainer<?> it =
        new GenericContainer<>(image).waitingFor(Wait.forLogMessage(".*builtme.*", 1))) {
      it.start();

      var labels =
          DockerClientFactory.instance()
              .client()
              .inspectImageCmd(image.get())
              .exec()
              .getConfig()
              .getLabels();
      assertThat(labels).containsKey("org.testcontainers.sessionId");
    }
  }

  @Test
  void anImageThatIsNotThereIsPulledAndTheErrorSaysWhatFailed(@TempDir Path directory)
      throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start();
        GenericContainer<?> it = new GenericContainer<>(registry.address() + "/no/such:image")) {
      assertThatThrownBy(it::start)
          .isInstanceOf(ContainerFetchException.class)
          .hasStackTraceContaining("no/such");
    }
  }

  @Test
  void severalStartTogetherAfterWhatTheyDependOn() {
    try (GenericContainer<?> first = container("sleep 1000");
        GenericContainer<?> second = container("sleep 1000").dependsOn(first)) {
      second.start();

      assertThat(first.isRunning()).isTrue();
    }
  }

  @Test
  void aContainerIsCreatedAsAModifierWants() throws IOException, InterruptedException {
    try (GenericContainer<?> it =
        container("sleep 1000")
            .withCreateContainerCmdModifier(
                c -> {
                  c.withHostName("named");
                  c.getHostConfig().withMemory(64L << 20);
                })
            .withSharedMemorySize(8L << 20)
            .withPrivilegedMode(false)) {
      it.start();

      assertThat(it.execInContainer("hostname").getStdout()).isEqualTo("named\n");
      assertThat(it.getContainerInfo().getHostConfig().getMemory()).isEqualTo(64L << 20);
    }
  }

  @Test
  void stoppedContainersAreRemoved() {
    GenericContainer<?> it = container("sleep 1000");
    it.start();
    String id = it.getContainerId();

    it.stop();

    assertThat(DockerClientFactory.instance().client().listContainersCmd().withShowAll(true).exec())
        .noneMatch(c -> c.getId().equals(id));
  }
}
