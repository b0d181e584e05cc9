package io.berth.image;

import static io.berth.testing.FaultyRegistry.body;
import static io.berth.testing.FaultyRegistry.chunked;
import static io.berth.testing.FaultyRegistry.cutAfter;
import static io.berth.testing.FaultyRegistry.status;
import static io.berth.testing.FaultyRegistry.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.api.PruneFilter;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.BlobStore;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryException;
import io.berth.registry.RegistryOptions;
import io.berth.registry.Retries;
import io.berth.testing.FaultyRegistry;
import io.berth.testing.RemoteImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls from registries that fail, lie, or hide behind other hosts. */
@Timeout(180)
class PullFaultsIT {
  private static final Retries QUICK = new Retries(4, Duration.ofMillis(1), Duration.ofSeconds(3));
  private static final long LIMIT = 4 << 20;

  @TempDir Path data;
  private Snapshotter snapshotter;
  private ImageStore store;
  private BlobStore blobs;
  private FaultyRegistry registry;

  @BeforeEach
  void open() {
    snapshotter = TestImages.snapshotter(data, "copy");
    blobs = BlobStore.open(data);
    store = TestImages.store(data, snapshotter, image -> List.of());
    registry = FaultyRegistry.start();
  }

  @AfterEach
  void close() {
    registry.close();
    snapshotter.close();
  }

  private static RegistryOptions options() {
    return RegistryOptions.defaults()
        .withCredentials(CredentialSource.none())
        .withCertificateDirectories(List.of())
        .withRetries(QUICK);
  }

  private Image pull(String name) {
    return pull(options(), name, Optional.empty());
  }

  private Image pull(RegistryOptions options, String name, Optional<String> platform) {
    try (Registries registries = new Registries(options)) {
      DefaultImages images =
          new DefaultImages(
              store,
              TestImages.noBuilder(),
              new ImageImporter(store, LIMIT),
              registries,
              Clock.systemUTC());
      var request = images.pull(name);
      platform.ifPresent(request::platform);
      return request.execute();
    }
  }

  private String app() {
    return registry.address() + "/team/app:1";
  }

  private static byte[] tar(String name, int size, int seed) {
    byte[] letters = new byte[size];
    new Random(seed)
        .ints(size, 'a', 'z')
        .forEach(
            new java.util.function.IntConsumer() {
              private int at;

              @Override
              public void accept(int letter) {
                letters[at++] = (byte) letter;
              }
            });
    return TestImages.tar(name, new String(letters, StandardCharsets.US_ASCII));
  }

  private void assertNothingLeft() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(blobs.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
    try (var files = Files.list(data.resolve("ingest"))) {
      assertThat(files).isEmpty();
    }
  }

  private void assertComplete(Image image, RemoteImage remote) {
    assertThat(image.id()).isEqualTo(Descriptor.of("a/b", remote.config().toBytes()).digest());
    assertThat(image.repoDigests())
        .contains(Reference.parse(app()).nameOnly().withDigest(remote.descriptor().digest()));
    remote.layers().forEach(layer -> assertThat(blobs.has(layer.digest())).isTrue());
    String top = ChainId.of(remote.config().diffIds()).toString();
    assertThat(snapshotter.stat(top)).isPresent();
  }

  @Test
  void aConnectionCutAtTenPlacesEndsInACompletePull() {
    RemoteImage remote =
        RemoteImage.put(registry, "1", tar("one", 300_000, 1), tar("two", 1000, 2));
    Descriptor layer = remote.layers().get(0);
    FaultyRegistry.Answer[] cuts = new FaultyRegistry.Answer[10];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = cutAfter(i == 3 ? 1 : 17_000 + 31 * i);
    }
    registry.on(layer.digest().hex(), cuts);

    assertComplete(pull(app()), remote);

    List<String> ranges =
        registry.requests().stream()
            .filter(request -> request.uri().contains(layer.digest().hex()))
            .flatMap(request -> request.range().stream())
            .toList();
    assertThat(ranges).hasSize(10);
    assertThat(ranges.get(0)).isEqualTo("bytes=17000-");
    assertThat(ranges.get(1)).isEqualTo("bytes=34031-");
  }

  @Test
  void aServerThatCannotResumeIsReadAgain() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 200_000, 1));
    registry.on(remote.layers().get(0).digest().hex(), cutAfter(50_000), whole());

    assertComplete(pull(app()), remote);
  }

  @Test
  void aLaterPullGoesOnWhereOneEnded() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 200_000, 1));
    String blob = remote.layers().get(0).digest().hex();
    registry.on(
        blob, cutAfter(60_000), status(503), status(503), status(503), status(503), status(503));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining(blob);
    assertThat(store.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
    registry.on(blob);

    FaultyRegistry fresh = registry;
    int before = fresh.requests().size();
    assertComplete(pullUntilServed(blob), remote);
    assertThat(fresh.requests().subList(before, fresh.requests().size()))
        .anySatisfy(request -> assertThat(request.range()).contains("bytes=60000-"));
  }

  @Test
  void pruningRemovesWhatAFailedPullHasLeft() throws IOException {
    RemoteImage remote =
        RemoteImage.put(registry, "1", tar("one", 1000, 1), tar("two", 200_000, 2));
    String second = remote.layers().get(1).digest().hex();
    registry.on(second, cutAfter(100)).always(second, status(503));
    assertThatThrownBy(() -> pull(app())).isInstanceOf(BerthException.class);
    try (var parts = Files.list(data.resolve("ingest"))) {
      assertThat(parts).isNotEmpty();
    }

    store.prune(false, PruneFilter.ALL);

    assertNothingLeft();
  }

  /** Some refusals may be left over from the attempts before. */
  private Image pullUntilServed(String blob) {
    try {
      return pull(app());
    } catch (BerthException e) {
      return pull(app());
    }
  }

  @Test
  void triesAgainWhenTheServerIsBusy() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry
        .on("manifests/1", status(429, "Retry-After", "0"), status(503))
        .on(remote.layers().get(0).digest().hex(), status(500), status(429), status(502));

    assertComplete(pull(app()), remote);
  }

  @Test
  void aLimitOfPullsSaysWhatToDo() {
    RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always(
        "manifests/1",
        body(
            429,
            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull"
                + " rate limit.\"}]}",
            "ratelimit-limit",
            "100;w=21600"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("100 in 6.0 h")
        .hasMessageContaining("without credentials")
        .hasMessageContaining("log in")
        .hasMessageContaining("registryMirror");
    assertThat(registry.requests().stream().filter(r -> r.uri().contains("manifests"))).hasSize(1);
  }

  @Test
  void aLongRetryAfterIsNotWaitedFor() {
    RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always("manifests/1", status(503, "Retry-After", "3600"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("503");
    assertThat(registry.requests().stream().filter(r -> r.uri().contains("manifests"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectToAnotherHostGetsNoCredentials(int code) {
    try (FaultyRegistry other = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      RemoteImage.put(other, "1", tar("one", 1000, 1));
      String header = FaultyRegistry.basic("me", "secret");
      registry
          .always(
              "/blobs/",
              (exchange, bytes) -> {
                assertThat(exchange.getRequestHeaders().getFirst("Authorization"))
                    .isEqualTo(header);
                String to = "http://" + other.address() + exchange.getRequestURI() + "?signed=1";
                status(code, "Location", to).to(exchange, bytes);
              })
          .protect("Basic realm=\"test\"", header);
      RegistryOptions mine =
          options()
              .withCredentials(
                  asked ->
                      asked.equals(registry.address())
                          ? Optional.of(Credentials.password("me", "secret"))
                          : Optional.empty());

      assertComplete(pull(mine, app(), Optional.empty()), remote);

      assertThat(other.requests()).isNotEmpty();
      assertThat(other.requests())
          .allSatisfy(request -> assertThat(request.authorization()).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer realm=\"http://OTHER/token\"", "Basic realm=\"x\""})
  void aChallengeOfAnotherHostIsNotAnswered(String challenge) {
    try (FaultyRegistry other = FaultyRegistry.start()) {
      RemoteImage.put(registry, "1", tar("one", 1000, 1));
      other
          .always("/token", status(200, "X", "y"))
          .always(
              "/x", status(401, "WWW-Authenticate", challenge.replace("OTHER", other.address())));
      registry.always("/blobs/", status(307, "Location", "http://" + other.address() + "/x"));
      RegistryOptions mine =
          options().withCredentials(asked -> Optional.of(Credentials.password("me", "secret")));

      assertThatThrownBy(() -> pull(mine, app(), Optional.empty()))
          .isInstanceOf(RegistryException.class);

      assertThat(other.requests()).isNotEmpty();
      assertThat(other.requests())
          .allSatisfy(
              request -> {
                assertThat(request.authorization()).isEmpty();
                assertThat(request.uri()).doesNotContain("token");
              });
    }
  }

  @Test
  void redirectsInACircleEnd() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always(
        "/blobs/", status(307, "Location", "/v2/x/blobs/" + remote.layers().get(0).digest()));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("redirects");
  }

  @Test
  void badBlobsAreRefusedAndNothingIsLeft() throws IOException {
    byte[] tar = tar("one", 200_000, 1);
    RemoteImage remote = RemoteImage.put(registry, "1", tar("zero", 1000, 3), tar);
    Descriptor layer = remote.layers().get(1);
    byte[] good = RemoteImage.gzip(tar);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 0x10;
    byte[] other = RemoteImage.gzip(tar("one", 200_000, 4));
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    byte[] shorter = Arrays.copyOf(good, good.length - 1);

    for (byte[] bad : List.of(shorter, flipped, other, longer, new byte[0])) {
      registry.replace(layer, bad);
      assertThatThrownBy(() -> pull(app()))
          .as("%d bytes in place of %d", bad.length, good.length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(layer.digest().toString());
      assertNothingLeft();
    }
    registry.replace(layer, good);
    assertComplete(pull(app()), remote);
  }

  @Test
  void anOverlongBlobOfUnknownLengthIsRefused() throws IOException {
    byte[] tar = tar("one", 100_000, 1);
    RemoteImage remote = RemoteImage.put(registry, "1", tar);
    byte[] good = RemoteImage.gzip(tar);
    registry.always(
        remote.layers().get(0).digest().hex(), chunked(Arrays.copyOf(good, good.length + 5000)));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("found more");
    assertNothingLeft();
  }

  @Test
  void aBombIsStoppedAtTheLimit() throws IOException {
    for (String type : List.of(MediaTypes.OCI_LAYER_GZIP, MediaTypes.OCI_LAYER_ZSTD)) {
      byte[] bomb = TestImages.tar("zeros", "0".repeat((int) LIMIT + 1));
      RemoteImage.put(registry, "1", Platform.host(), type, bomb);

      assertThatThrownBy(() -> pull(app()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("limit of " + LIMIT);
      assertNothingLeft();
    }
  }

  @Test
  void aLayerThatLeavesTheRootIsRefused() throws IOException {
    RemoteImage.put(registry, "1", tar("ok", 100, 1), TestImages.tar("../../etc/evil", "x"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("../../etc/evil");
    assertNothingLeft();
  }

  @Test
  void aLayerThatIsNotWhatItsConfigurationSaysIsRefused() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    Descriptor swapped =
        registry.blob(MediaTypes.OCI_LAYER_GZIP, RemoteImage.gzip(tar("one", 1000, 2)));
    Manifest manifest =
        Manifest.oci(
            Descriptor.of(MediaTypes.OCI_CONFIG, remote.config().toBytes()), List.of(swapped));
    registry.manifest("1", MediaTypes.OCI_MANIFEST, manifest.toBytes());

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("should unpack to " + remote.config().diffIds().get(0));
    assertNothingLeft();
  }

  @Test
  void badManifestsAreRefusedBeforeAnythingIsDownloaded() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "good", tar("one", 1000, 1));
    Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, remote.config().toBytes());
    Descriptor layer = remote.layers().get(0);
    String good =
        new String(Manifest.oci(config, List.of(layer)).toBytes(), StandardCharsets.UTF_8);
    Descriptor text = new Descriptor("text/plain", layer.digest(), layer.size());
    Descriptor chart =
        new Descriptor("application/vnd.cncf.helm.config.v1+json", config.digest(), config.size());
    record Case(String type, String manifest, String message) {}
    List<Case> cases =
        List.of(
            new Case(MediaTypes.OCI_MANIFEST, "{", "manifest"),
            new Case(MediaTypes.OCI_MANIFEST, "[]", "expected an object"),
            new Case(MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":1}", "schema 1"),
            new Case(
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "{\"schemaVersion\":1}",
                "schema 1"),
            new Case(MediaTypes.OCI_INDEX, good, "mediaType"),
            new Case(MediaTypes.DOCKER_MANIFEST, good, "mediaType"),
            new Case(MediaTypes.OCI_MANIFEST, good.replace("\"size\":", "\"size\":-"), "size"),
            new Case(MediaTypes.OCI_MANIFEST, good.replace("sha256:", "md5:"), "digest"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config, text), "text/plain"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(chart, layer), "helm"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config, layer, layer), "2 layers"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config), "0 layers"),
            new Case(MediaTypes.OCI_MANIFEST, " ".repeat(5 << 20) + good, "more than"));

    for (Case each : cases) {
      registry.manifest("1", each.type(), each.manifest().getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> pull(app()))
          .as(each.message())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(each.message());
      assertNothingLeft();
    }
  }

  private static String manifest(Descriptor config, Descriptor... layers) {
    return new String(Manifest.oci(config, List.of(layers)).toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aManifestThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    RemoteImage wrong = RemoteImage.put(registry, "2", tar("two", 1000, 2));
    registry.always(
        "manifests/" + remote.descriptor().digest(),
        body(
            200,
            manifest(
                Descriptor.of(MediaTypes.OCI_CONFIG, wrong.config().toBytes()),
                wrong.layers().get(0)),
            "Content-Type",
            MediaTypes.OCI_MANIFEST));

    assertThatThrownBy(() -> pull(registry.address() + "/team/app@" + remote.descriptor().digest()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("should be " + remote.descriptor().digest());
    assertNothingLeft();
  }

  @Test
  void layersOfEveryCompressionAndBothKindsOfManifestsAreTaken() throws IOException {
    for (String type :
        List.of(
            MediaTypes.OCI_LAYER,
            MediaTypes.OCI_LAYER_GZIP,
            MediaTypes.OCI_LAYER_ZSTD,
            MediaTypes.DOCKER_LAYER,
            MediaTypes.DOCKER_LAYER_GZIP,
            MediaTypes.DOCKER_LAYER_ZSTD)) {
      byte[] same = tar("same", 10, 1);
      RemoteImage remote =
          RemoteImage.put(
              registry,
              "1",
              Platform.host(),
              type,
              tar("a" + type.length(), 50_000, 1),
              same,
              same);

      assertComplete(pull(app()), remote);

      try (RootDir root =
          SnapshotViews.open(snapshotter.mount(ChainId.of(remote.config().diffIds()).toString()))) {
        assertThat(root.exists("/same")).isTrue();
      }
    }
  }

  @Test
  void thePlatformIsChosenWithItsVariant() {
    RemoteImage v6 = put("v6", new Platform("linux", "arm", "v6"));
    RemoteImage v7 = put("v7", new Platform("linux", "arm", "v7"));
    RemoteImage arm64 = put("arm64", new Platform("linux", "arm64", "v8"));
    Index index =
        Index.oci(
            List.of(
                of(v6, new Platform("linux", "arm", "v6")),
                of(arm64, new Platform("linux", "arm64", "v8")),
                of(v7, new Platform("linux", "arm", "v7"))));
    Descriptor root = registry.manifest("1", index.mediaType(), index.toBytes());

    assertThat(pull(options(), app(), Optional.of("linux/arm64")).config())
        .isEqualTo(arm64.config());
    assertThat(pull(options(), app(), Optional.of("linux/arm/v6")).config()).isEqualTo(v6.config());
    Image last = pull(options(), app(), Optional.of("linux/arm/v7"));
    assertThat(last.config()).isEqualTo(v7.config());
    // The digest of what was asked for, which is the same on every platform.
    assertThat(last.repoDigests())
        .containsExactly(Reference.parse(app()).nameOnly().withDigest(root.digest()));
    assertThatThrownBy(() -> pull(options(), app(), Optional.of("linux/s390x")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("linux/s390x")
        .hasMessageContaining("linux/arm/v6, linux/arm64/v8, linux/arm/v7");
  }

  private RemoteImage put(String content, Platform platform) {
    return RemoteImage.put(
        registry, content, platform, MediaTypes.OCI_LAYER_GZIP, TestImages.tar("f", content));
  }

  private static Descriptor of(RemoteImage image, Platform platform) {
    return image.descriptor().withPlatform(platform);
  }

  @Test
  void aMirrorIsAskedFirstAndTheRegistryWhenItFails() {
    try (FaultyRegistry mirror = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      RemoteImage.put(mirror, "1", tar("one", 1000, 1));
      RegistryOptions mirrored = options().withMirror(registry.address(), mirror.address());

      assertComplete(pull(mirrored, app(), Optional.empty()), remote);
      assertThat(registry.requests()).isEmpty();

      store.remove(app(), false);
      mirror.always("/blobs/", status(404));
      assertComplete(pull(mirrored, app(), Optional.empty()), remote);

      store.remove(app(), false);
      mirror.close();
      assertComplete(pull(mirrored, app(), Optional.empty()), remote);
    }
  }

  @Test
  void tokensAreFetchedWithTheScopeAndAgainWhenTheyAreRefused() {
    try (FaultyRegistry tokens = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      tokens.on(
          "/token",
          body(200, "{\"token\":\"first\",\"expires_in\":300}"),
          body(200, "{\"access_token\":\"second\"}"));
      registry
          .on(
              remote.layers().get(0).digest().hex(),
              (exchange, bytes) -> {
                registry.authorization("Bearer second");
                status(
                        401,
                        "WWW-Authenticate",
                        "Bearer realm=\"http://" + tokens.address() + "/token\",service=\"s\"")
                    .to(exchange, bytes);
              })
          .protect(
              "Bearer realm=\"http://"
                  + tokens.address()
                  + "/token\",service=\"s\",scope=\"repository:team/app:pull\"",
              "Bearer first");

      assertComplete(pull(app()), remote);

      assertThat(tokens.requests())
          .extracting(FaultyRegistry.Request::uri)
          .containsExactly(
              "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull",
              "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull");
    }
  }

  @Test
  void missingImagesAndRefusedCredentialsSayWhatToDo() {
    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(app());
    registry.protect("Basic realm=\"test\"", "Basic none");
    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("without credentials")
        .hasMessageContaining("registryCredentials");
  }

  @Test
  void aPullCanBeInterrupted() throws Exception {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 300_000, 1));
    java.util.concurrent.CountDownLatch arrived = new java.util.concurrent.CountDownLatch(1);
    registry.always(
        remote.layers().get(0).digest().hex(),
        (exchange, bytes) -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes, 0, 1000);
          exchange.getResponseBody().flush();
          arrived.countDown();
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    Throwable[] failure = {null};
    Thread puller =
        new Thread(
            () -> {
              try {
                pull(app());
              } catch (BerthException e) {
                failure[0] = e;
              }
            });
    puller.start();
    arrived.await();
    puller.interrupt();
    puller.join(60_000);

    assertThat(failure[0]).hasMessageContaining("Interrupted");
    assertThat(store.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
  }
}
