package io.berth.image;

import io.berth.api.Progress;
import io.berth.archive.ArchivedImage;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.layers.UnpackLimit;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Takes images from any source into the store: blobs verified, layers unpacked while they arrive,
 * several at once, named last. When it fails, the images that were there are as before; what was
 * downloaded and is good is kept for the next attempt when the source failed, and nothing when the
 * content is bad.
 */
public final class ImageImporter {
  /** The limit on what one layer unpacks to, unless another is set: 128 GiB. */
  public static final long DEFAULT_UNPACKED_LIMIT = UnpackLimit.DEFAULT.bytes();

  // As many as Docker: more would not be faster, and registries limit connections.
  private static final int DOWNLOADS = 3;

  private final ImageStore store;
  private final long unpackedLimit;

  /**
   * @param unpackedLimit the most bytes that a layer may unpack to
   */
  public ImageImporter(ImageStore store, long unpackedLimit) {
    this.store = store;
    this.unpackedLimit = unpackedLimit;
  }

  /** The most bytes that a layer may unpack to. */
  long unpackedLimit() {
    return unpackedLimit;
  }

  /** The same with another limit. */
  ImageImporter withUnpackedLimit(long bytes) {
    return new ImageImporter(store, bytes);
  }

  /**
   * Takes the image of a source that suits a platform. The source is closed early when this fails,
   * so that nothing waits for it.
   *
   * @param platform the one wanted; when empty, the host's if there is a choice
   * @param names tags, and digests of what was asked for
   * @throws InvalidInputException when the source gives something that is no image, or not what its
   *     digest says
   */
  public StoredImage take(
      ImageSource source,
      Optional<Platform> platform,
      Collection<Reference> names,
      Progress progress) {
    ArchivedImage image = new ArchivedImage(source, List.copyOf(names));
    return takeAll(List.of(image), platform, progress).get(0);
  }

  /** Takes several images, as {@link #take}: all of them or none. */
  List<StoredImage> takeAll(
      List<ArchivedImage> images, Optional<Platform> platform, Progress progress) {
    LayerProgress listener = new LayerProgress(progress);
    List<SourceImage> begun = new ArrayList<>();
    List<List<Long>> sizes = new ArrayList<>();
    try (WorkLease lease = store.lease()) {
      try {
        for (ArchivedImage each : images) {
          SourceImage image = SourceImage.read(each.source(), platform);
          begun.add(image);
          sizes.add(layers(each.source(), image, listener, lease));
          ingest(image.manifest().config(), image.config());
          if (each.original()) {
            ingest(image.descriptor(), image.manifestBytes());
          }
        }
      } catch (InvalidInputException e) {
        begun.forEach(
            image -> {
              forgetParts(image);
              store.discard(image.blobs(), image.chainIds());
            });
        throw e;
      } catch (IOException | RuntimeException e) {
        // The layers can be unpacked again from their blobs.
        begun.forEach(image -> store.discard(List.of(), image.chainIds()));
        throw e;
      }
      List<StoredImage> stored = new ArrayList<>();
      for (int i = 0; i < begun.size(); i++) {
        stored.add(add(begun.get(i), sizes.get(i), images.get(i)));
      }
      return stored;
    } catch (IOException e) {
      throw new BerthException("Cannot read the image: " + e.getMessage(), e);
    }
  }

  /** Layers that were on their way when another turned out to be bad. */
  private void forgetParts(SourceImage image) {
    for (Descriptor layer : image.manifest().layers()) {
      if (!store.blobs().has(layer.digest())) {
        store.blobs().begin(layer.digest(), layer.size()).forget();
      }
    }
  }

  private StoredImage add(SourceImage image, List<Long> sizes, ArchivedImage archived) {
    for (int i = 0; i < sizes.size(); i++) {
      store
          .distribution()
          .setLayer(image.image().diffIds().get(i), image.manifest().layers().get(i));
    }
    Optional<Descriptor> manifest =
        archived.original() ? Optional.of(image.descriptor()) : Optional.empty();
    return store.add(image.config(), sizes, manifest, archived.names());
  }

  private List<Long> layers(
      ImageSource source, SourceImage image, LayerProgress progress, WorkLease lease) {
    List<Digest> diffIds = image.image().diffIds();
    List<String> chain = image.chainIds();
    List<Descriptor> layers = image.manifest().layers();
    List<LayerTask> tasks = new ArrayList<>();
    TreeSet<Digest> seen = new TreeSet<>();
    for (int i = 0; i < layers.size(); i++) {
      // Of a layer that is there twice, one line is shown.
      boolean shown = seen.add(layers.get(i).digest());
      tasks.add(
          new LayerTask(
              store,
              lease,
              source,
              new LayerTask.Layer(layers.get(i), diffIds.get(i), chain.get(i)),
              i == 0 ? Optional.empty() : Optional.of(tasks.get(i - 1)),
              unpackedLimit,
              shown ? progress.layer(layers.get(i)) : LayerProgress.NOBODY));
    }
    return new ParallelWork(
            DOWNLOADS,
            problem -> {
              source.close();
              tasks.forEach(task -> task.abandon(problem));
            })
        .run(tasks);
  }

  private void ingest(Descriptor descriptor, byte[] bytes) throws IOException {
    store
        .blobs()
        .ingest(
            new ByteArrayInputStream(bytes),
            Optional.of(descriptor.digest()),
            OptionalLong.of(bytes.length));
  }
}
