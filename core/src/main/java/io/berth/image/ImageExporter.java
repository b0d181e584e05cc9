package io.berth.image;

import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.error.StorageException;
import io.berth.layers.BlobStore;
import io.berth.layers.ParallelGzip;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives images of the store to other places. One that came with a manifest goes with it; for others
 * a manifest is made once, and layers are compressed once.
 */
public final class ImageExporter {
  private final ImageStore store;

  public ImageExporter(ImageStore store) {
    this.store = store;
  }

  /**
   * Opens an image as a source. It is not removed until that is closed.
   *
   * @param progress hears of layers that have to be compressed first
   */
  public ImageSource open(StoredImage image, Progress progress) {
    WorkLease lease = store.lease();
    try {
      Descriptor manifest =
          store
              .distribution()
              .manifest(image.id())
              .orElseGet(() -> pack(image, new LayerProgress(progress)));
      return new StoredImageSource(store, manifest, lease);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private Descriptor pack(StoredImage image, LayerProgress progress) {
    try {
      List<Descriptor> layers = new ArrayList<>();
      List<Digest> diffIds = image.config().diffIds();
      for (int i = 0; i < diffIds.size(); i++) {
        layers.add(layer(diffIds.subList(0, i + 1), image.layerSizes().get(i), progress));
      }
      Descriptor config =
          new Descriptor(MediaTypes.OCI_CONFIG, image.id(), store.blobs().size(image.id()));
      Manifest manifest = Manifest.oci(config, layers);
      byte[] bytes = manifest.toBytes();
      store
          .blobs()
          .ingest(
              new ByteArrayInputStream(bytes),
              Optional.of(manifest.descriptor().digest()),
              OptionalLong.of(bytes.length));
      store.setManifest(image, manifest.descriptor());
      return manifest.descriptor();
    } catch (IOException e) {
      throw new StorageException("Cannot pack the image " + image.id() + ": " + e.getMessage(), e);
    }
  }

  /** The blob of the uppermost layer of a stack, made when there is none. */
  private Descriptor layer(List<Digest> stack, long size, LayerProgress progress)
      throws IOException {
    Digest diffId = stack.get(stack.size() - 1);
    Optional<Descriptor> known = store.distribution().layer(diffId);
    if (known.isPresent() && !MediaTypes.isTar(known.get().mediaType())) {
      return oci(known.get());
    }
    progress.layer(new Descriptor(MediaTypes.OCI_LAYER, diffId, size)).on(LayerStatus.PREPARING, 0);
    BlobStore.Blob packed =
        known.isPresent() ? packTar(known.get()) : packSnapshot(ChainId.of(stack), diffId);
    Descriptor blob = new Descriptor(MediaTypes.OCI_LAYER_GZIP, packed.digest(), packed.size());
    store.distribution().setLayer(diffId, blob);
    known.ifPresent(tar -> store.discard(List.of(tar.digest()), List.of()));
    return blob;
  }

  /** The same blob in a manifest of OCI's. */
  private static Descriptor oci(Descriptor blob) {
    String type =
        MediaTypes.isZstd(blob.mediaType()) ? MediaTypes.OCI_LAYER_ZSTD : MediaTypes.OCI_LAYER_GZIP;
    return new Descriptor(type, blob.digest(), blob.size());
  }

  private BlobStore.Blob packTar(Descriptor tar) throws IOException {
    try (BlobStore.Draft draft = store.blobs().draft();
        InputStream in = store.blobs().open(tar.digest())) {
      try (OutputStream out = new ParallelGzip(output(draft))) {
        in.transferTo(out);
      }
      return draft.commit(Optional.empty());
    }
  }

  private BlobStore.Blob packSnapshot(Digest chainId, Digest diffId) throws IOException {
    try (BlobStore.Draft draft = store.blobs().draft()) {
      Snapshotter.LayerDigest written;
      try (OutputStream out = new ParallelGzip(output(draft))) {
        written = store.snapshotter().diff(chainId.toString(), out);
      }
      if (!written.diffId().equals(diffId)) {
        throw new StorageException(
            "Cannot pack the layer "
                + diffId
                + ": its files give "
                + written.diffId()
                + " now; it was unpacked by an earlier version, or changed. Build, import or pull"
                + " the image again");
      }
      return draft.commit(Optional.empty());
    }
  }

  private static OutputStream output(BlobStore.Draft draft) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        draft.write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        draft.write(bytes, offset, length);
      }
    };
  }
}
