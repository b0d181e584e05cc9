package io.berth.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.registry.Mounts;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryOptions;
import io.berth.registry.Retries;
import io.berth.testing.CuttingProxy;
import io.berth.testing.DockerRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumedPushTest {
  private static final int CUTS = 10;
  private static final int SIZE = 11 << 20;

  @TempDir Path directory;
  private final byte[] content = new byte[SIZE];
  private final Descriptor blob;

  ResumedPushTest() {
    new Random(4).nextBytes(content);
    blob = Descriptor.of(MediaTypes.OCI_LAYER, content);
  }

  @Test
  void goesOnWhereTheRegistryHasIt() throws IOException {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start();
        CuttingProxy proxy = CuttingProxy.to(registry.port(), 1 << 20, CUTS)) {
      push(proxy, () -> new ByteArrayInputStream(content));

      assertArrived(registry);
      assertThat(proxy.cuts()).isEqualTo(CUTS);
      // What was on its way at a cut is lost with the connection, and no more.
      assertThat(proxy.sent()).isLessThan(2L * SIZE);
    }
  }

  @Test
  void doesSoForFilesThatTheKernelSends() throws IOException {
    Path file = Files.write(directory.resolve("content"), content);
    try (RegistryServer registry =
            RegistryServer.builder().directory(directory.resolve("registry")).start();
        CuttingProxy proxy = CuttingProxy.to(registry.port(), 1 << 20, CUTS)) {
      push(proxy, new InFile(file));

      assertArrived(registry);
      assertThat(proxy.cuts()).isEqualTo(CUTS);
      assertThat(proxy.sent()).isLessThan(2L * SIZE);
    }
  }

  @Test
  void beginsAnewWhereTheRegistryCannotGoOn() throws IOException {
    try (DockerRegistry registry = DockerRegistry.start(directory);
        CuttingProxy proxy = CuttingProxy.to(port(registry), 1 << 20, 2)) {
      push(proxy, () -> new ByteArrayInputStream(content));

      try (RegistryClient client = RegistryClient.open(RegistryOptions.defaults());
          ImageSink sink =
              client.push(
                  Reference.parse(registry.address() + "/app").withDefaultTag(), Mounts.none())) {
        assertThat(sink.has(blob)).isTrue();
      }
      assertThat(proxy.cuts()).isEqualTo(2);
    }
  }

  private static int port(DockerRegistry registry) {
    return Integer.parseInt(registry.address().replaceFirst(".*:", ""));
  }

  private void push(CuttingProxy proxy, ImageSink.Content source) throws IOException {
    RegistryOptions options =
        RegistryOptions.defaults()
            .withRetries(new Retries(3, Duration.ofMillis(1), Duration.ofMillis(20)));
    try (RegistryClient client = RegistryClient.open(options);
        ImageSink sink =
            client.push(
                Reference.parse("127.0.0.1:" + proxy.port() + "/app").withDefaultTag(),
                Mounts.none())) {
      sink.blob(blob, source);
    }
  }

  private void assertArrived(RegistryServer registry) {
    byte[] there =
        new io.berth.registry.server.RegistryClient(registry.uri())
            .get("/v2/app/blobs/" + blob.digest())
            .body();
    assertThat(there).isEqualTo(content);
  }

  private record InFile(Path file) implements ImageSink.Content {
    @Override
    public InputStream open() {
      throw new IllegalStateException("the file itself should be sent");
    }

    @Override
    public boolean sendTo(WritableByteChannel socket, long offset) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        for (long sent = offset; sent < channel.size(); ) {
          sent += channel.transferTo(sent, channel.size() - sent, socket);
        }
      }
      return true;
    }
  }
}
