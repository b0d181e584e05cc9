package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.layers.Snapshotter;
import io.berth.registry.CredentialSource;
import io.berth.registry.RegistryOptions;
import io.berth.testing.FaultyRegistry;
import io.berth.testing.RemoteImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is done at the same time while an image comes. */
@Timeout(180)
class ArrivingLayersIT {
  @TempDir Path data;
  private Snapshotter snapshotter;
  private ImageStore store;
  private FaultyRegistry registry;

  @BeforeEach
  void open() {
    snapshotter = TestImages.snapshotter(data, "copy");
    store = TestImages.store(data, snapshotter, image -> List.of());
    registry = FaultyRegistry.start();
  }

  @AfterEach
  void close() {
    registry.close();
    snapshotter.close();
  }

  private void pull() {
    RegistryOptions options =
        RegistryOptions.defaults()
            .withCredentials(CredentialSource.none())
            .withCertificateDirectories(List.of());
    try (Registries registries = new Registries(options)) {
      new DefaultImages(
              store,
              TestImages.noBuilder(),
              new ImageImporter(store, ImageImporter.DEFAULT_UNPACKED_LIMIT),
              registries,
              Clock.systemUTC())
          .pull(registry.address() + "/app:1")
          .execute();
    }
  }

  @Test
  void layersComeSideBySide() {
    RemoteImage remote =
        RemoteImage.put(
            registry,
            "1",
            TestImages.tar("a", "1"),
            TestImages.tar("b", "2"),
            TestImages.tar("c", "3"));
    CountDownLatch asked = new CountDownLatch(3);
    AtomicBoolean together = new AtomicBoolean(true);
    for (var layer : remote.layers()) {
      registry.on(
          layer.digest().hex(),
          (exchange, content) -> {
            asked.countDown();
            together.compareAndSet(true, await(asked));
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
          });
    }

    pull();

    assertThat(together).isTrue();
  }

  @Test
  void aLayerIsUnpackedBeforeItsEndIsThere() {
    RemoteImage remote =
        RemoteImage.put(
            registry, "1", TestImages.tar("early", "x".repeat(1000), "late", letters(2_000_000)));
    AtomicBoolean unpacked = new AtomicBoolean();
    registry.on(
        remote.layers().get(0).digest().hex(),
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, content.length);
          OutputStream out = exchange.getResponseBody();
          int part = content.length * 3 / 4;
          out.write(content, 0, part);
          out.flush();
          unpacked.set(appears("early"));
          out.write(content, part, content.length - part);
        });

    pull();

    assertThat(unpacked).isTrue();
    assertThat(appears("late")).isTrue();
  }

  private static String letters(int count) {
    StringBuilder text = new StringBuilder(count);
    new java.util.Random(1).ints(count, 'a', 'z').forEach(letter -> text.append((char) letter));
    return text.toString();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean appears(String file) {
    for (int i = 0; i < 600; i++) {
      try (Stream<Path> all = Files.walk(data.resolve("snapshots"))) {
        if (all.anyMatch(each -> each.endsWith(file))) {
          return true;
        }
        Thread.sleep(100);
      } catch (IOException | java.io.UncheckedIOException e) {
        // changed while it was looked through
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }
}
