package io.berth.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.ExecCreateCmdResponse;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.InvocationBuilder.AsyncResultCallback;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.berth.server.Served;
import io.berth.testing.DockerRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** docker-java, the client that Testcontainers has, on our socket. */
@Timeout(120)
class DockerJavaIT {
  private static final String IMAGE = "busybox:test";
  private static final int SECONDS = 60;

  @RegisterExtension static final Served SERVED = new Served();

  private static DockerClient docker;

  @TempDir private Path directory;

  /** Keeps what it is told. */
  private static final class Kept<T> extends ResultCallback.Adapter<T> {
    private final List<T> all = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(T item) {
      all.add(item);
      super.onNext(item);
    }

    private List<T> await() throws InterruptedException {
      assertThat(awaitCompletion(SECONDS, TimeUnit.SECONDS)).isTrue();
      return all;
    }
  }

  private static String text(List<Frame> frames, StreamType type) {
    StringBuilder text = new StringBuilder();
    frames.stream()
        .filter(f -> f.getStreamType() == type)
        .forEach(f -> text.append(new String(f.getPayload(), StandardCharsets.UTF_8)));
    return text.toString();
  }

  @BeforeAll
  static void connect() {
    DefaultDockerClientConfig config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(SERVED.host())
            .withDockerTlsVerify(false)
            .build();
    docker =
        DockerClientImpl.getInstance(
            config,
            new ZerodepDockerHttpClient.Builder().dockerHost(URI.create(SERVED.host())).build());
  }

  @AfterAll
  static void disconnect() throws IOException {
    if (docker != null) {
      docker.close();
    }
  }

  @AfterEach
  void removeContainers() {
    docker
        .listContainersCmd()
        .withShowAll(true)
        .exec()
        .forEach(c -> docker.removeContainerCmd(c.getId()).withForce(true).exec());
  }

  private static String sleeper() {
    String id = docker.createContainerCmd(IMAGE).withCmd("sleep", "1000").exec().getId();
    docker.startContainerCmd(id).exec();
    return id;
  }

  @Test
  void knowsItsServer() {
    docker.pingCmd().exec();

    assertThat(docker.versionCmd().exec().getOperatingSystem()).isEqualTo("linux");
    assertThat(docker.infoCmd().exec().getOsType()).isEqualTo("linux");
  }

  @Test
  void takesAContainerThroughItsLife() {
    String id =
        docker
            .createContainerCmd(IMAGE)
            .withName("life")
            .withLabels(Map.of("a", "b"))
            .withEnv("K=v")
            .withExposedPorts(ExposedPort.tcp(80))
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withMemory(64L << 20)
                    .withPortBindings(
                        new Ports(ExposedPort.tcp(80), Ports.Binding.bindIp("127.0.0.1"))))
            .withCmd("sleep", "1000")
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();

    InspectContainerResponse found = docker.inspectContainerCmd("life").exec();
    assertThat(found.getState().getRunning()).isTrue();
    assertThat(found.getConfig().getEnv()).contains("K=v");
    assertThat(found.getHostConfig().getMemory()).isEqualTo(64L << 20);
    assertThat(found.getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(80)))
        .hasSize(1);
    assertThat(docker.listContainersCmd().withLabelFilter(Map.of("a", "b")).exec()).hasSize(1);
    assertThat(docker.topContainerCmd(id).exec().getProcesses()).hasNumberOfRows(1);
    assertThatThrownBy(() -> docker.startContainerCmd(id).exec())
        .isInstanceOf(NotModifiedException.class);
    docker.pauseContainerCmd(id).exec();
    assertThat(docker.inspectContainerCmd(id).exec().getState().getPaused()).isTrue();
    docker.unpauseContainerCmd(id).exec();
    docker.renameContainerCmd(id).withName("lives").exec();
    docker.updateContainerCmd(id).withMemory(128L << 20).withMemorySwap(256L << 20).exec();
    docker.restartContainerCmd(id).withTimeout(0).exec();
    docker.killContainerCmd(id).exec();
    assertThat(
            docker.waitContainerCmd(id).exec(new WaitContainerResultCallback()).awaitStatusCode())
        .isEqualTo(137);
    docker.removeContainerCmd(id).exec();
    assertThatThrownBy(() -> docker.inspectContainerCmd(id).exec())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void tellsErrorsApart() {
    String id = sleeper();

    assertThatThrownBy(() -> docker.removeContainerCmd(id).exec())
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> docker.createContainerCmd("nothere:1").exec())
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> docker.renameContainerCmd(id).withName("!!").exec())
        .isInstanceOf(BadRequestException.class);
  }

  // The client never ends its half of a connection, so nothing here waits for the end of input.
  @Test
  void executesProcesses() throws Exception {
    String id = sleeper();
    ExecCreateCmdResponse exec =
        docker
            .execCreateCmd(id)
            .withAttachStdin(true)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .withCmd("sh", "-c", "read line; echo $line; echo e >&2; exit 3")
            .exec();

    List<Frame> frames =
        docker
            .execStartCmd(exec.getId())
            .withStdIn(new ByteArrayInputStream("in\n".getBytes(StandardCharsets.UTF_8)))
            .exec(new Kept<Frame>())
            .await();

    assertThat(text(frames, StreamType.STDOUT)).isEqualTo("in\n");
    assertThat(text(frames, StreamType.STDERR)).isEqualTo("e\n");
    assertThat(docker.inspectExecCmd(exec.getId()).exec().getExitCodeLong()).isEqualTo(3);
  }

  @Test
  void followsLogs() throws Exception {
    String id =
        docker
            .createContainerCmd(IMAGE)
            .withCmd("sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done; echo end >&2")
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();

    List<Frame> frames =
        docker
            .logContainerCmd(id)
            .withStdOut(true)
            .withStdErr(true)
            .withFollowStream(true)
            .exec(new Kept<Frame>())
            .await();

    assertThat(text(frames, StreamType.STDOUT)).isEqualTo("1\n2\n3\n");
    assertThat(text(frames, StreamType.STDERR)).isEqualTo("end\n");
  }

  @Test
  void attachesInput() throws Exception {
    String id =
        docker
            .createContainerCmd(IMAGE)
            .withStdinOpen(true)
            .withStdInOnce(true)
            .withCmd("sh", "-c", "read line; echo $line")
            .exec()
            .getId();
    PipedOutputStream typed = new PipedOutputStream();
    Kept<Frame> frames = new Kept<>();
    docker
        .attachContainerCmd(id)
        .withStdIn(new PipedInputStream(typed))
        .withStdOut(true)
        .withFollowStream(true)
        .exec(frames);
    assertThat(frames.awaitStarted(SECONDS, TimeUnit.SECONDS)).isTrue();
    docker.startContainerCmd(id).exec();

    typed.write("typed\n".getBytes(StandardCharsets.UTF_8));

    assertThat(text(frames.await(), StreamType.STDOUT)).isEqualTo("typed\n");
    assertThat(
            docker.waitContainerCmd(id).exec(new WaitContainerResultCallback()).awaitStatusCode())
        .isZero();
  }

  @Test
  void buildsImages() {
    InputStream context =
        new ByteArrayInputStream(
            Bodies.tar(
                Map.of(
                    "Dockerfile", "FROM busybox:test\nARG A\nCOPY f /f\nLABEL a=$A\n", "f", "x")));

    String id =
        docker
            .buildImageCmd(context)
            .withBuildArg("A", "value")
            .withTags(java.util.Set.of("built:1"))
            .exec(new BuildImageResultCallback())
            .awaitImageId(SECONDS, TimeUnit.SECONDS);

    assertThat(docker.inspectImageCmd("built:1").exec().getId()).contains(id);
    assertThat(docker.inspectImageCmd("built:1").exec().getConfig().getLabels())
        .containsEntry("a", "value");
    docker.removeImageCmd("built:1").exec();
    InputStream failing =
        new ByteArrayInputStream(
            Bodies.tar(Map.of("Dockerfile", "FROM busybox:test\nRUN exit 3\n")));
    assertThatThrownBy(
            () -> docker.buildImageCmd(failing).exec(new BuildImageResultCallback()).awaitImageId())
        .hasMessageContaining("3");
  }

  @Test
  void pushesAndPullsWithProgress() throws Exception {
    try (DockerRegistry registry = DockerRegistry.start(directory)) {
      String name = registry.address() + "/app";
      docker.tagImageCmd(IMAGE, name, "1").exec();
      docker.pushImageCmd(name).withTag("1").start().awaitCompletion(SECONDS, TimeUnit.SECONDS);
      docker.removeImageCmd(name + ":1").exec();

      List<PullResponseItem> lines =
          docker.pullImageCmd(name).withTag("1").exec(new Kept<PullResponseItem>()).await();

      assertThat(lines).anyMatch(PullResponseItem::isPullSuccessIndicated);
      assertThat(lines.get(0).getStatus()).isEqualTo("Pulling from app");
      docker.removeImageCmd(name + ":1").exec();
      assertThatThrownBy(() -> docker.pullImageCmd(name).withTag("none").start().awaitCompletion())
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void tellsOfEvents() throws Exception {
    Instant from = Instant.now().minusSeconds(1);
    String id = docker.createContainerCmd(IMAGE).withCmd("true").exec().getId();
    docker.startContainerCmd(id).exec();
    docker.waitContainerCmd(id).exec(new WaitContainerResultCallback()).awaitStatusCode();

    List<Event> events =
        docker
            .eventsCmd()
            .withSince(String.valueOf(from.getEpochSecond()))
            .withUntil(String.valueOf(Instant.now().getEpochSecond() + 1))
            .withContainerFilter(id)
            .exec(new Kept<Event>())
            .await();

    assertThat(events).extracting(Event::getAction).contains("create", "start", "die");
  }

  @Test
  void measures() throws Exception {
    String id = sleeper();
    AsyncResultCallback<com.github.dockerjava.api.model.Statistics> once =
        new AsyncResultCallback<>();

    docker.statsCmd(id).exec(once);
    var statistics = once.awaitResult();

    assertThat(statistics.getMemoryStats().getUsage()).isPositive();
    assertThat(statistics.getPidsStats().getCurrent()).isEqualTo(1);
    once.close();
  }

  @Test
  void hasNetworksAndVolumes() {
    docker.createNetworkCmd().withName("net").withLabels(Map.of("n", "1")).exec();
    docker.createVolumeCmd().withName("vol").withLabels(Map.of("v", "1")).exec();
    String id =
        docker
            .createContainerCmd(IMAGE)
            .withCmd("sleep", "1000")
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("net")
                    .withBinds(new Bind("vol", new Volume("/v"), AccessMode.rw)))
            .withAliases("alias")
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();

    assertThat(docker.inspectNetworkCmd().withNetworkId("net").exec().getContainers())
        .containsKey(id);
    assertThat(docker.inspectContainerCmd(id).exec().getMounts())
        .anyMatch(m -> "vol".equals(m.getName()));
    docker.connectToNetworkCmd().withContainerId(id).withNetworkId("bridge").exec();
    assertThat(docker.inspectContainerCmd(id).exec().getNetworkSettings().getNetworks())
        .containsKeys("net", "bridge");
    docker.disconnectFromNetworkCmd().withContainerId(id).withNetworkId("bridge").exec();
    assertThat(docker.listVolumesCmd().withFilter("label", List.of("v=1")).exec().getVolumes())
        .hasSize(1);
    docker.removeContainerCmd(id).withForce(true).exec();
    docker.removeNetworkCmd("net").exec();
    docker.removeVolumeCmd("vol").exec();
    assertThat(docker.listNetworksCmd().withNameFilter("net").exec()).isEmpty();
  }

  @Test
  void copiesArchives() throws Exception {
    String id = sleeper();

    docker
        .copyArchiveToContainerCmd(id)
        .withRemotePath("/tmp")
        .withTarInputStream(new ByteArrayInputStream(Bodies.tar(Map.of("file", "copied"))))
        .exec();

    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(docker.copyArchiveFromContainerCmd(id, "/tmp/file").exec())) {
      assertThat(tar.getNextEntry().getName()).isEqualTo("file");
      assertThat(new String(tar.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("copied");
    }
    assertThat(docker.containerDiffCmd(id).exec()).anyMatch(c -> c.getPath().equals("/tmp/file"));
    assertThatThrownBy(() -> docker.copyArchiveFromContainerCmd(id, "/nothere").exec())
        .isInstanceOf(NotFoundException.class);
  }
}
