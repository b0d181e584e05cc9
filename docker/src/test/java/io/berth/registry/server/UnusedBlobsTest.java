package io.berth.registry.server;

import static io.berth.registry.server.RegistryClient.blobs;
import static io.berth.registry.server.RegistryClient.bytes;
import static io.berth.registry.server.RegistryClient.manifests;
import static org.assertj.core.api.Assertions.assertThat;

import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusedBlobsTest {
  private static final Digest CONFIG = Digest.sha256(bytes("{}"));

  @TempDir Path directory;
  private RegistryServer registry;
  private RegistryClient client;

  @BeforeEach
  void start() {
    registry = RegistryServer.builder().directory(directory).start();
    client = new RegistryClient(registry.uri());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void blobsGoWithTheLastManifestThatRefersToThem() throws IOException {
    Digest first = client.pushImage("app", "1", "one");
    Digest second = client.pushImage("app", "2", "two");
    pass(Duration.ofHours(2));

    client.delete(manifests("app", first));

    assertThat(status("app", Digest.sha256(bytes("one")))).isEqualTo(404);
    assertThat(status("app", Digest.sha256(bytes("two")))).isEqualTo(200);
    assertThat(status("app", CONFIG)).isEqualTo(200);
    client.delete(manifests("app", second));
    assertThat(contents()).isZero();
  }

  @Test
  void contentStaysWhileAnotherRepositoryHasIt() throws IOException {
    Digest manifest = client.pushImage("app", "1", "layer");
    client.pushImage("other", "1", "layer");
    pass(Duration.ofHours(2));

    client.delete(manifests("app", manifest));

    assertThat(status("app", Digest.sha256(bytes("layer")))).isEqualTo(404);
    assertThat(status("other", Digest.sha256(bytes("layer")))).isEqualTo(200);
  }

  @Test
  void whatAPushHasJustBroughtOrAskedForStays() throws IOException {
    Digest old = client.pushBlob("app", bytes("old"));
    Digest asked = client.pushBlob("app", bytes("asked"));
    pass(Duration.ofHours(2));
    Digest fresh = client.pushBlob("app", bytes("fresh"));
    client.send("HEAD", blobs("app", asked), new byte[0]);

    assertThat(registry.removeUnusedBlobs()).isEqualTo(1);

    assertThat(status("app", old)).isEqualTo(404);
    assertThat(status("app", asked)).isEqualTo(200);
    assertThat(status("app", fresh)).isEqualTo(200);
  }

  private int status(String repository, Digest blob) {
    return client.get(blobs(repository, blob)).statusCode();
  }

  private long contents() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("blobs/sha256"))) {
      return all.count();
    }
  }

  /** Makes all that repositories have older. */
  private void pass(Duration time) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(time));
    try (Stream<Path> all = Files.walk(directory.resolve("repositories"))) {
      for (Path each : (Iterable<Path>) all::iterator) {
        if (Files.isRegularFile(each)) {
          Files.setLastModifiedTime(each, then);
        }
      }
    }
  }
}
