package io.berth.image;

import io.berth.api.Progress;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.layers.Compression;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes images from any source into the store: blobs verified, layers unpacked, named last. When it
 * fails, the images that were there are as before.
 */
public final class ImageImporter {
  /** The limit on what one layer unpacks to, unless another is set: 128 GiB. */
  public static final long DEFAULT_UNPACKED_LIMIT = 128L << 30;

  private final ImageStore store;
  private final long unpackedLimit;

  /**
   * @param unpackedLimit the most bytes that a layer may unpack to
   */
  public ImageImporter(ImageStore store, long unpackedLimit) {
    this.store = store;
    this.unpackedLimit = unpackedLimit;
  }

  /**
   * Takes the image of a source that suits a platform.
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
    try (WorkLease lease = store.lease()) {
      SourceImage image = SourceImage.read(source, platform);
      List<Long> sizes = new ArrayList<>();
      for (int i = 0; i < image.image().diffIds().size(); i++) {
        sizes.add(layer(source, image, i, lease));
      }
      ingest(image.manifest().config(), image.config());
      ingest(image.descriptor(), image.manifestBytes());
      return store.add(image.config(), sizes, image.descriptor(), names);
    } catch (IOException e) {
      throw new BerthException("Cannot read the image: " + e.getMessage(), e);
    }
  }

  private long layer(ImageSource source, SourceImage image, int number, WorkLease lease)
      throws IOException {
    Descriptor layer = image.manifest().layers().get(number);
    List<Digest> chain = image.image().diffIds().subList(0, number + 1);
    if (!store.blobs().has(layer.digest())) {
      try (InputStream in = source.blob(layer)) {
        store.blobs().ingest(in, Optional.of(layer.digest()), OptionalLong.of(layer.size()));
      }
    }
    Digest diffId = chain.get(number);
    store.distribution().setLayer(diffId, layer);
    Snapshotter snapshotter = store.snapshotter();
    String key = lease.begin();
    try (InputStream packed = store.blobs().open(layer.digest());
        InputStream plain = Compression.decompress(packed, OptionalLong.of(unpackedLimit))) {
      snapshotter.prepare(
          key,
          number == 0
              ? Optional.empty()
              : Optional.of(ChainId.of(chain.subList(0, number)).toString()));
      Snapshotter.LayerDigest found = snapshotter.apply(key, plain);
      if (!found.diffId().equals(diffId)) {
        throw new InvalidInputException(
            "Layer "
                + layer.digest()
                + " should unpack to "
                + diffId
                + ", found "
                + found.diffId()
                + "; the image is damaged");
      }
      snapshotter.commit(key, ChainId.of(chain).toString());
      return found.size();
    } finally {
      lease.end(key);
    }
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
