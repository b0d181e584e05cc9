package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.EngineBuilder;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.api.PullPolicy;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.NotFoundException;
import io.berth.linux.Trees;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryException;
import io.berth.registry.RegistryOptions;
import io.berth.registry.SearchResult;
import io.berth.testing.DockerRegistry;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images go to Debian's docker-registry and come back, to engines that have nothing else. */
class RegistryIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static Path work;
  private static DockerRegistry registry;
  private final List<Path> engines = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    work = Files.createTempDirectory("berth-registry-");
    registry = DockerRegistry.start(work.resolve("registry"));
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
    Trees.remove(work);
  }

  @AfterEach
  void removeEngines() {
    engines.forEach(Trees::remove);
  }

  private Engine fresh() throws IOException {
    return fresh(Berth.builder());
  }

  private Engine fresh(EngineBuilder builder) throws IOException {
    Path data = Files.createTempDirectory("berth-fresh-");
    engines.add(data);
    return builder.dataDirectory(data).open();
  }

  private static Image app(String name) {
    return FIXTURE
        .engine()
        .images()
        .build(
            Dockerfile.from(TestEngine.IMAGE)
                .run("echo one > /one; mkdir -p /d; ln /one /d/hard; ln -s /one /soft")
                .run("rm /one; echo two > /d/two; mknod /d/fifo p")
                .run("echo " + name + " > /name")
                .cmd("cat", "/d/hard"))
        .tag(name)
        .execute();
  }

  private static String name(String repository) {
    return registry.address() + "/" + repository;
  }

  @Test
  void anImageComesBackAsItWentAndRuns() throws IOException {
    Image image = app(name("round/trip:1"));
    List<Progress.Event> pushed = new ArrayList<>();
    Reference digest =
        FIXTURE.engine().images().push(name("round/trip:1")).progress(pushed::add).execute();

    try (Engine other = fresh()) {
      List<Progress.Event> events = new ArrayList<>();
      Image pulled = other.images().pull(name("round/trip:1")).progress(events::add).execute();

      assertThat(pulled.id()).isEqualTo(image.id());
      assertThat(pulled.repoDigests()).containsExactly(digest);
      assertThat(pulled.tags())
          .extracting(Reference::familiar)
          .containsExactly(name("round/trip:1"));
      assertThat(pulled.size()).isEqualTo(image.size());
      assertThat(statuses(events))
          .contains(LayerStatus.PULLING, LayerStatus.DOWNLOADING, LayerStatus.PULLED);
      assertThat(messages(events))
          .containsExactly(
              "1: Pulling from round/trip",
              "Digest: " + digest.digest().orElseThrow(),
              "Status: Downloaded newer image for " + name("round/trip:1"));
      try (Container container = other.containers().create(pulled).start()) {
        assertThat(container.waitForExit()).isZero();
        assertThat(container.logs().stdout()).isEqualTo("one\n");
      }
      assertThat(statuses(pushed)).contains(LayerStatus.PUSHING, LayerStatus.PUSHED);

      // and once more: nothing is sent
      List<Progress.Event> again = new ArrayList<>();
      assertThat(other.images().pull(name("round/trip:1")).progress(again::add).execute())
          .isEqualTo(pulled);
      assertThat(messages(again))
          .last()
          .isEqualTo("Status: Image is up to date for " + name("round/trip:1"));
      assertThat(statuses(again)).isEmpty();
    }
  }

  @Test
  void whatDockerSavedIsCompressedOnTheWay() throws IOException {
    app("plain:1");
    Path archive = work.resolve("plain.tar");
    FIXTURE.engine().images().save("plain:1").to(archive);

    try (Engine other = fresh();
        RegistryClient client = RegistryClient.open(RegistryOptions.defaults())) {
      other.images().load(archive).tag(name("plain:1")).execute();
      other.images().push(name("plain:1")).execute();

      try (ImageSource source = client.pull(Reference.parse(name("plain:1")))) {
        Manifest manifest = Manifest.parse(source.manifest(source.root()));
        assertThat(manifest.layers())
            .isNotEmpty()
            .allMatch(layer -> layer.mediaType().equals(MediaTypes.OCI_LAYER_GZIP));
      }
    }
  }

  @Test
  void whatCameAsALayoutGoesWithTheSameDigest() throws IOException {
    app("layout:1");
    Path layout = work.resolve("our-layout");
    FIXTURE.engine().images().save("layout:1").toLayout(layout);
    Index index = Index.parse(Files.readAllBytes(layout.resolve("index.json")));

    try (Engine other = fresh()) {
      other.images().load(layout).tag(name("layout:1")).execute();
      Reference pushed = other.images().push(name("layout:1")).execute();

      assertThat(pushed.digest()).contains(index.manifests().get(0).digest());
    }
  }

  @Test
  void skopeoReadsWhatWePushAndWeWhatItPushesWithEqualDigests() throws Exception {
    Commands.require("skopeo");
    app(name("skopeo/app:1"));
    Reference pushed = FIXTURE.engine().images().push(name("skopeo/app:1")).execute();
    String digest = pushed.digest().orElseThrow().toString();

    assertThat(skopeo("inspect", "--tls-verify=false", "--format={{.Digest}}", at("skopeo/app:1")))
        .isEqualTo(digest + "\n");
    Path layout = work.resolve("layout");
    skopeo("copy", "--src-tls-verify=false", at("skopeo/app:1"), "oci:" + layout + ":app");
    skopeo("copy", "--dest-tls-verify=false", "oci:" + layout + ":app", at("skopeo/back:1"));
    // and in Docker's schema 2
    skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--format=v2s2",
        "oci:" + layout + ":app",
        at("skopeo/docker:1"));

    for (String other : List.of("back", "docker")) {
      try (Engine fresh = fresh()) {
        String name = name("skopeo/" + other + ":1");
        Image image = fresh.images().pull(name).execute();
        String found = image.repoDigests().get(0).digest().orElseThrow().toString();
        assertThat(
                skopeo(
                    "inspect",
                    "--tls-verify=false",
                    "--format={{.Digest}}",
                    at("skopeo/" + other + ":1")))
            .isEqualTo(found + "\n");
        assertThat(run(fresh, image)).isEqualTo("one\n");
        assertThat(skopeo("inspect", "--tls-verify=false", "--raw", at("skopeo/" + other + ":1")))
            .contains(other.equals("back") ? "tar+gzip" : other);
        assertThat(other.equals("back") ? digest : found).isEqualTo(found);

        // It keeps its digest on another registry, whatever the manifest is.
        fresh.images().tag(name, name("elsewhere/" + other + ":2"));
        Reference again = fresh.images().push(name("elsewhere/" + other + ":2")).execute();
        assertThat(again.digest().orElseThrow()).hasToString(found);
      }
    }
  }

  @Test
  void dockerRunsWhatWePushAndWeWhatDockerPushes() throws Exception {
    try (DockerDaemon docker = DockerDaemon.start(work.resolve("dockerd"))) {
      app(name("docker/app:1"));
      Reference pushed = FIXTURE.engine().images().push(name("docker/app:1")).execute();

      docker.run("pull", "-q", name("docker/app:1"));
      assertThat(
              docker.run(
                  "image", "inspect", "-f", "{{index .RepoDigests 0}}", name("docker/app:1")))
          .isEqualTo(pushed + "\n");
      assertThat(docker.run("run", "--rm", "--network=none", name("docker/app:1")))
          .isEqualTo("one\n");
      docker.run("tag", name("docker/app:1"), name("docker/back:1"));
      String output = docker.run("push", name("docker/back:1"));

      try (Engine fresh = fresh()) {
        Image image = fresh.images().pull(name("docker/back:1")).execute();
        assertThat(image.id()).isEqualTo(FIXTURE.engine().images().get(name("docker/app:1")).id());
        assertThat(output).contains(image.repoDigests().get(0).digest().orElseThrow().toString());
        assertThat(run(fresh, image)).isEqualTo("one\n");
      }
    }
  }

  @Test
  void whatTheRegistryHasIsNotSentAgainAndTakenFromOtherRepositories() {
    app(name("mount/one:1"));
    FIXTURE.engine().images().push(name("mount/one:1")).execute();
    FIXTURE.engine().images().tag(name("mount/one:1"), name("mount/two:1"));

    List<Progress.Event> other = new ArrayList<>();
    FIXTURE.engine().images().push(name("mount/two:1")).progress(other::add).execute();
    List<Progress.Event> again = new ArrayList<>();
    FIXTURE.engine().images().push(name("mount/two:1")).progress(again::add).execute();

    assertThat(statuses(other)).contains(LayerStatus.MOUNTED).doesNotContain(LayerStatus.PUSHING);
    assertThat(statuses(again))
        .contains(LayerStatus.ON_REGISTRY)
        .doesNotContain(LayerStatus.PUSHING);
  }

  @Test
  void tagsAreListedRepositoriesFoundAndImagesDeleted() {
    app(name("list/app:1"));
    for (String tag : List.of("1", "2", "three")) {
      FIXTURE.engine().images().tag(name("list/app:1"), name("list/app:" + tag));
      FIXTURE.engine().images().push(name("list/app:" + tag)).execute();
    }

    assertThat(FIXTURE.engine().images().remoteTags(name("list/app")))
        .containsExactlyInAnyOrder("1", "2", "three");
    assertThat(FIXTURE.engine().images().search(name("list"), 10))
        .extracting(SearchResult::name)
        .containsExactly(name("list/app"));
    FIXTURE.engine().images().removeRemote(name("list/app:2"));
    assertThatThrownBy(() -> FIXTURE.engine().images().removeRemote(name("list/app:2")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> FIXTURE.engine().images().remoteTags(name("list/none")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void aPasswordAndAnAuthorityAreUsedAndTheirLackIsSaid() throws IOException {
    try (DockerRegistry secure = DockerRegistry.start(work.resolve("secure"), true, true)) {
      Path certificates = work.resolve("certs.d");
      Path own = Files.createDirectories(certificates.resolve(secure.address()));
      Files.copy(secure.authority(), own.resolve("ca.crt"));
      RegistryOptions trusting =
          RegistryOptions.defaults().withCertificateDirectories(List.of(certificates));
      String name = secure.address() + "/private/app:1";
      app(name);
      Image image = FIXTURE.engine().images().get(name);
      Path archive = work.resolve("private.tar");
      FIXTURE.engine().images().save(name).to(archive);

      try (Engine anonymous = fresh(Berth.builder().registries(trusting))) {
        assertThatThrownBy(() -> anonymous.images().pull(name).execute())
            .isInstanceOf(RegistryException.class)
            .hasMessageContaining("access denied without credentials")
            .hasMessageContaining("registryCredentials");
      }
      Path other = Files.createDirectories(work.resolve("other"));
      Files.copy(
          DockerRegistry.certificate(other),
          own.resolve("ca.crt"),
          StandardCopyOption.REPLACE_EXISTING);
      try (Engine distrusting = fresh(Berth.builder().registries(trusting))) {
        assertThatThrownBy(() -> distrusting.images().pull(name).execute())
            .isInstanceOf(RegistryException.class)
            .hasMessageContaining("no secure connection")
            .hasMessageContaining("certs.d");
      }
      Files.copy(secure.authority(), own.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
      EngineBuilder known =
          Berth.builder()
              .registries(trusting)
              .registryCredentials(secure.address(), DockerRegistry.USER, DockerRegistry.PASSWORD);
      try (Engine engine = fresh(known)) {
        engine.images().load(archive).execute();
        Reference pushed = engine.images().push(name).execute();
        engine.images().remove(name, true);
        try (Container container = engine.containers().create(name, PullPolicy.MISSING).start()) {
          assertThat(container.waitForExit()).isZero();
        }
        Image pulled = engine.images().get(name);
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(pulled.repoDigests()).containsExactly(pushed);
      }
    }
  }

  @Test
  void buildsPullWhatTheyBeginWith() throws IOException {
    app(name("base/app:1"));
    FIXTURE.engine().images().push(name("base/app:1")).execute();

    try (Engine fresh = fresh()) {
      assertThatThrownBy(() -> fresh.containers().create(name("base/app:1")))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("images().pull(\"" + name("base/app:1") + "\")");
      Image built =
          fresh
              .images()
              .build(
                  Dockerfile.from(name("base/app:1")).run("echo more > /more").cmd("cat", "/more"))
              .tag(name("base/more:1"))
              .execute();
      assertThat(run(fresh, built)).isEqualTo("more\n");

      // The layers of the base go as they came.
      List<Progress.Event> events = new ArrayList<>();
      fresh.images().push(name("base/more:1")).progress(events::add).execute();
      assertThat(statuses(events)).contains(LayerStatus.MOUNTED, LayerStatus.PUSHED);
    }
  }

  @Test
  void anImageGoesWithItsLastNameAndItsBlobsWithIt() throws IOException {
    app(name("gone/app:1"));
    FIXTURE.engine().images().push(name("gone/app:1")).execute();

    try (Engine fresh = fresh()) {
      Image image = fresh.images().pull(name("gone/app:1")).execute();
      fresh.images().tag(name("gone/app:1"), "mine");
      String digest = image.repoDigests().get(0).familiar();
      assertThat(fresh.images().get(digest).id()).isEqualTo(image.id());

      assertThat(fresh.images().remove(name("gone/app:1"), false))
          .containsExactlyInAnyOrder("Untagged: " + name("gone/app:1"), "Untagged: " + digest);
      assertThat(fresh.images().find(digest)).isEmpty();
      fresh.images().remove("mine", false);

      assertThat(fresh.images().list()).isEmpty();
      try (var blobs = Files.list(fresh.dataDirectory().resolve("blobs/sha256"))) {
        assertThat(blobs).isEmpty();
      }
    }
  }

  private static String run(Engine engine, Image image) {
    try (Container container = engine.containers().create(image).start()) {
      assertThat(container.waitForExit()).isZero();
      return container.logs().stdout();
    }
  }

  private static String at(String repository) {
    return "docker://" + name(repository);
  }

  private static String skopeo(String... args) throws Exception {
    List<String> line = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
    line.addAll(List.of(args));
    return Commands.run(line.toArray(String[]::new));
  }

  private static List<LayerStatus> statuses(List<Progress.Event> events) {
    return events.stream()
        .filter(Progress.Layer.class::isInstance)
        .map(event -> ((Progress.Layer) event).status())
        .toList();
  }

  private static List<String> messages(List<Progress.Event> events) {
    return events.stream()
        .filter(Progress.Message.class::isInstance)
        .map(event -> ((Progress.Message) event).text())
        .toList();
  }
}
