package io.berth.examples.bench;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.error.BerthException;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSource;
import io.berth.oci.Manifest;
import io.berth.oci.Reference;
import io.berth.registry.RegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** An image from a registry and to it; each gives microseconds. */
final class RegistryBench {
  private static final int THREADS = 3;

  private RegistryBench() {}

  /** Downloaded and unpacked; removed afterwards. */
  static String pull(Engine berth, String name) {
    long start = System.nanoTime();
    Image image = berth.images().pull(name).execute();
    long micros = (System.nanoTime() - start) / 1000;
    berth.images().remove(image.id().toString(), true);
    return Long.toString(micros);
  }

  static String push(Engine berth, String name) {
    long start = System.nanoTime();
    berth.images().push(name).execute();
    return Long.toString((System.nanoTime() - start) / 1000);
  }

  /** Downloaded, verified and stored, without an engine; removed afterwards. */
  static String fetch(RegistryClient client, Path data, String name) {
    BlobStore blobs = BlobStore.open(data);
    long start = System.nanoTime();
    List<Descriptor> layers;
    try (ImageSource source = client.pull(Reference.parse(name).withDefaultTag())) {
      layers = Manifest.parse(source.manifest(source.root())).layers();
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      List<Future<?>> work = new ArrayList<>();
      for (Descriptor layer : layers) {
        work.add(
            threads.submit(
                () -> {
                  try (InputStream in = source.blob(layer)) {
                    return blobs.ingest(
                        in, Optional.of(layer.digest()), OptionalLong.of(layer.size()));
                  }
                }));
      }
      threads.shutdown();
      for (Future<?> each : work) {
        each.get();
      }
    } catch (IOException | InterruptedException | ExecutionException e) {
      throw new BerthException("Cannot fetch " + name, e);
    }
    long micros = (System.nanoTime() - start) / 1000;
    layers.forEach(layer -> blobs.remove(layer.digest()));
    return Long.toString(micros);
  }
}
