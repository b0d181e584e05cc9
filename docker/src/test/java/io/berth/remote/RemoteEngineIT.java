package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Event;
import io.berth.api.Feed;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Provenance;
import io.berth.archive.ArchiveFormat;
import io.berth.archive.ImageLayout;
import io.berth.error.BerthException;
import io.berth.error.UnreachableException;
import io.berth.error.UnsupportedException;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Platform;
import io.berth.registry.Credentials;
import io.berth.registry.server.RegistryServer;
import io.berth.server.ApiServer;
import io.berth.testing.BusyboxImage;
import io.berth.testing.FreePort;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to an engine on the other end of a connection. */
class RemoteEngineIT {
  private static final String IMAGE = TestEngine.IMAGE;

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path directory;

  @AfterEach
  void leaveNothing() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true, true));
  }

  private ApiServer serve() {
    return ApiServer.builder(FIXTURE.engine()).unixSocket(directory.resolve("s")).start();
  }

  private String host() {
    return "unix://" + directory.resolve("s");
  }

  @Test
  void tellsOfItself() {
    try (ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.connect(host())) {
      assertThat(engine.apiVersion()).isEqualTo("1.51");
      assertThat(engine.dataDirectory()).isEqualTo(FIXTURE.dataDirectory());
      assertThat(engine.host()).isEqualTo(host());
      assertThat(engine.version().path("ApiVersion").asText()).startsWith("1.");
      assertThat(engine.warnings()).isEqualTo(FIXTURE.engine().warnings());
      assertThat(engine.inspect("image", IMAGE).orElseThrow().path("Os").asText())
          .isEqualTo("linux");
      assertThat(engine.inspect("volume", "nothing")).isEmpty();
    }
  }

  @Test
  void speaksOldVersions() {
    try (ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.builder().host(host()).apiVersion("1.24").connect()) {
      Container container =
          engine
              .containers()
              .create(IMAGE)
              .network(NetworkMode.NONE)
              .command("sh", "-c", "echo old; exit 2")
              .start();
      assertThat(container.waitForExit()).isEqualTo(2);
      assertThat(container.logs().stdout()).isEqualTo("old\n");
      assertThat(engine.images().list()).hasSize(1);
    }
    assertThatThrownBy(() -> RemoteEngine.builder().host(host()).apiVersion("2.0").connect())
        .isInstanceOf(UnsupportedException.class);
  }

  @Test
  void baseImagesArePulledWithTheCredentialsOfABuild() {
    Credentials friend = Credentials.password("friend", "pass");
    try (RegistryServer registry =
            RegistryServer.builder()
                .directory(directory.resolve("registry"))
                .basicAuth("friend", "pass")
                .start();
        ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.connect(host())) {
      String name = registry.address() + "/private:1";
      FIXTURE.engine().images().tag(IMAGE, name);
      FIXTURE.engine().images().push(name).credentials(friend).execute();
      FIXTURE.engine().images().remove(name, true);
      byte[] dockerfile = ("FROM " + name + "\nLABEL a=b\n").getBytes(StandardCharsets.UTF_8);
      ContextSource context = ContextSource.files(Map.of("Dockerfile", dockerfile));

      assertThatThrownBy(() -> engine.images().build(context).execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("credentials");
      assertThatThrownBy(
              () ->
                  engine
                      .images()
                      .build(context)
                      .credentials(any -> Optional.of(Credentials.password("friend", "wrong")))
                      .execute())
          .isInstanceOf(BerthException.class);
      Image built =
          engine.images().build(context).credentials(any -> Optional.of(friend)).execute();

      assertThat(built.config().config().labels()).containsEntry("a", "b");
      FIXTURE.engine().images().remove(built.id().toString(), true);
      FIXTURE.engine().images().remove(name, true);
    }
  }

  // ---- Connections ------------------------------------------------------------------------------

  @Test
  void speaksOverTlsToWhoHasTheRightCertificates() throws Exception {
    TestCertificates certificates = new TestCertificates(directory);
    byte[] much = new byte[5 << 20];
    new java.util.Random(5).nextBytes(much);
    try (ApiServer server =
        ApiServer.builder(FIXTURE.engine())
            .tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), certificates.server())
            .start()) {
      String host = "tcp://127.0.0.1:" + server.addresses().get(0).getPort();
      Path client = certificates.client("client", "ca");
      Map<String, String> environment =
          Map.of(
              "DOCKER_HOST", host, "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", client.toString());

      try (Engine engine = RemoteEngine.builder().environment(environment).connect()) {
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        Container container =
            engine
                .containers()
                .create(IMAGE)
                .network(NetworkMode.NONE)
                .command("cat")
                .stdin(new ByteArrayInputStream(much))
                .output(back, OutputStream.nullOutputStream())
                .start();
        assertThat(container.waitForExit()).isZero();
        assertThat(back.toByteArray()).as("over a half-closed connection").isEqualTo(much);
      }
      for (Path wrong :
          List.of(certificates.client("client", "stranger"), certificates.client("other", "ca"))) {
        assertThatThrownBy(() -> RemoteEngine.builder().host(host).certificates(wrong).connect())
            .isInstanceOf(UnreachableException.class)
            .hasMessageContaining(host);
      }
      assertThatThrownBy(() -> RemoteEngine.builder().host(host).environment(Map.of()).connect())
          .isInstanceOf(UnreachableException.class);
    }
  }

  @Test
  void speaksOverSsh() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/sshd")), "needs openssh-server");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/docker")), "needs the docker command");
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (ApiServer server = serve();
        SshHost ssh = new SshHost(directory, "DOCKER_HOST=" + host())) {
      Map<String, String> environment = Map.of("BERTH_SSH", ssh.client());
      try (Engine engine =
          RemoteEngine.builder().environment(environment).host(ssh.address()).connect()) {
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        Container container =
            engine
                .containers()
                .create(IMAGE)
                .network(NetworkMode.NONE)
                .command("sort")
                .stdin(new ByteArrayInputStream("b\na\n".getBytes(StandardCharsets.UTF_8)))
                .output(back, OutputStream.nullOutputStream())
                .start();
        assertThat(container.waitForExit()).isZero();
        assertThat(back).hasToString("a\nb\n");
      }
      assertThatThrownBy(
              () ->
                  RemoteEngine.builder()
                      .environment(Map.of("BERTH_SSH", "ssh -F /dev/null -o ConnectTimeout=5"))
                      .host("ssh://127.0.0.1:1")
                      .connect())
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("ssh");
    }
  }

  @Test
  void saysWhereNobodyAnswers() throws Exception {
    assertThatThrownBy(() -> RemoteEngine.connect(host()))
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining(host())
        .hasMessageContaining("no such socket");
    serve().close();
    int port = FreePort.find();
    assertThatThrownBy(() -> RemoteEngine.connect("tcp://127.0.0.1:" + port))
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("tcp://127.0.0.1:" + port)
        .hasMessageContaining("check that the engine listens there");
  }

  @Test
  void tellsThatTheEngineWentInTheMiddle() throws Exception {
    ApiServer server = serve();
    try (RemoteEngine engine = RemoteEngine.connect(host())) {
      Container container =
          engine
              .containers()
              .create(IMAGE)
              .network(NetworkMode.NONE)
              .command("sh", "-c", "echo one; sleep 1000")
              .start();
      AtomicReference<Throwable> waiting = new AtomicReference<>();
      Thread waiter =
          new Thread(
              () -> {
                try {
                  container.waitForExit();
                } catch (BerthException e) {
                  waiting.set(e);
                }
              });
      waiter.start();
      Feed<Event> events = engine.events().read().follow();
      var log = container.readLogs().follow();
      assertThat(log.next()).isPresent();

      server.close();

      waiter.join(60_000);
      assertThat(waiting.get()).isInstanceOf(UnreachableException.class);
      assertThatThrownBy(() -> drain(events)).isInstanceOf(UnreachableException.class);
      assertThatThrownBy(() -> drain(log)).isInstanceOf(UnreachableException.class);
      assertThatThrownBy(container::state)
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining(host());
    }
  }

  private static void drain(Feed<?> feed) {
    for (Optional<?> one = feed.next(); one.isPresent(); one = feed.next()) {
      // Until its end.
    }
  }

  @Test
  void doesNotTakeHalfAStreamForAWhole() throws Exception {
    try (ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.connect(host())) {
      InputStream start = new ByteArrayInputStream(BusyboxImage.tar(), 0, 700_000);
      InputStream broken =
          new SequenceInputStream(
              start,
              new InputStream() {
                @Override
                public int read() throws IOException {
                  throw new IOException("the disk is broken");
                }
              });

      assertThatThrownBy(() -> engine.images().importRootfs(broken).tag("half:1").execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("the disk is broken");
      assertThat(engine.images().find("half:1")).isEmpty();
    }
  }

  // ---- What differs -----------------------------------------------------------------------------

  @Test
  void endsWithItsOwnContainersOnly() {
    try (ApiServer server = serve()) {
      String stays;
      String goes;
      try (RemoteEngine engine = RemoteEngine.connect(host())) {
        stays = sleeping(engine).detached(true).start().id();
        goes = sleeping(engine).start().id();
      }
      assertThat(FIXTURE.engine().containers().get(stays).state().status().isActive()).isTrue();
      assertThat(FIXTURE.engine().containers().get(goes).state().status().isActive()).isFalse();
    }
  }

  private static io.berth.api.CreateRequest sleeping(Engine engine) {
    return engine
        .containers()
        .create(IMAGE)
        .network(NetworkMode.NONE)
        .command("sleep", "1000")
        .stopSignal("KILL");
  }

  @Test
  void buildsForSeveralPlatforms() throws IOException {
    Files.writeString(
        Files.createDirectory(directory.resolve("context")).resolve("Dockerfile"),
        "FROM scratch\nARG TARGETARCH\nLABEL arch=$TARGETARCH\n");

    try (ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.connect(host())) {
      Image image =
          engine
              .images()
              .build(directory.resolve("context"))
              .platform("linux/s390x,linux/amd64,linux/arm64")
              .tag("both:1")
              .execute();

      assertThat(image.config().platform()).isEqualTo(Platform.host());
      assertThat(image.config().config().labels())
          .containsEntry("arch", Platform.host().architecture());
    }
    Path layout = directory.resolve("layout");
    FIXTURE.engine().images().save("both:1").toLayout(layout);
    FIXTURE.engine().images().remove("both:1", true);
    try (ImageSource source = ImageLayout.read(layout).get(0).source()) {
      assertThat(Index.parse(source.manifest(source.root())).manifests())
          .extracting(manifest -> manifest.platform().orElseThrow().toString())
          .containsExactly("linux/s390x", "linux/amd64", "linux/arm64");
    }
  }

  @Test
  void saysWhatItCannotDo() {
    try (ApiServer server = serve();
        RemoteEngine engine = RemoteEngine.connect(host())) {
      Container container = sleeping(engine).start();
      var images = engine.images();
      List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> all =
          List.of(
              () -> container.writeBundle(directory.resolve("bundle")),
              () -> container.exec("sleep", "9").start().kill("TERM"),
              () -> images.save(IMAGE).format(ArchiveFormat.OCI),
              () -> images.save(IMAGE).toLayout(directory),
              () -> images.load(directory),
              () -> images.build(directory).secret("id", new byte[0]),
              () -> images.build(directory).buildContext("x", ContextSource.image(IMAGE)),
              () -> images.build(directory).cacheTo("type=local,dest=/x"),
              () -> images.build(directory).provenance(Provenance.MAX));

      assertThat(all)
          .allSatisfy(
              call ->
                  assertThatThrownBy(call)
                      .isInstanceOf(UnsupportedException.class)
                      .hasMessageContaining("remote engine cannot"));
    }
  }
}
