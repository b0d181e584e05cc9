package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Image;
import io.berth.layers.BlobStore;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An image store of its own, and a registry that does what it is told. */
abstract class PullFixture {
  static final Retries QUICK = new Retries(4, Duration.ofMillis(1), Duration.ofSeconds(3));
  static final long LIMIT = 4 << 20;

  @TempDir Path data;
  Snapshotter snapshotter;
  ImageStore store;
  BlobStore blobs;
  FaultyRegistry registry;

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

  static RegistryOptions options() {
    return RegistryOptions.defaults()
        .withCredentials(CredentialSource.none())
        .withCertificateDirectories(List.of())
        .withRetries(QUICK);
  }

  Image pull(String name) {
    return pull(options(), name, Optional.empty());
  }

  Image pull(RegistryOptions options, String name, Optional<String> platform) {
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

  String app() {
    return registry.address() + "/team/app:1";
  }

  static byte[] tar(String name, int size, int seed) {
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

  void assertNothingLeft() throws IOException {
    assertThat(store.list()).isEmpty();
    assertThat(blobs.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
    try (var files = Files.list(data.resolve("ingest"))) {
      assertThat(files).isEmpty();
    }
  }

  void assertComplete(Image image, RemoteImage remote) {
    assertThat(image.id()).isEqualTo(Descriptor.of("a/b", remote.config().toBytes()).digest());
    assertThat(image.repoDigests())
        .contains(Reference.parse(app()).nameOnly().withDigest(remote.descriptor().digest()));
    remote.layers().forEach(layer -> assertThat(blobs.has(layer.digest())).isTrue());
    String top = ChainId.of(remote.config().diffIds()).toString();
    assertThat(snapshotter.stat(top)).isPresent();
  }
}
