package io.berth.image;

import io.berth.api.Progress.LayerStatus;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.layers.SnapshotInfo;
import io.berth.layers.Snapshotter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Takes in one layer: its blob is hashed, stored and unpacked in one pass while it arrives. Waits
 * for the layer below only when that is needed, at the latest before it is committed; so tasks are
 * to be begun in the order of the layers.
 */
final class LayerTask implements Callable<Long> {
  private final ImageStore store;
  private final WorkLease lease;
  private final ImageSource source;
  private final Layer layer;
  private final Optional<LayerTask> below;
  private final long unpackedLimit;
  private final LayerProgress.OfLayer progress;
  private final CompletableFuture<String> committed = new CompletableFuture<>();

  /**
   * @param chainId the name of its snapshot
   */
  record Layer(Descriptor blob, Digest diffId, String chainId) {}

  LayerTask(
      ImageStore store,
      WorkLease lease,
      ImageSource source,
      Layer layer,
      Optional<LayerTask> below,
      long unpackedLimit,
      LayerProgress.OfLayer progress) {
    this.store = store;
    this.lease = lease;
    this.source = source;
    this.layer = layer;
    this.below = below;
    this.unpackedLimit = unpackedLimit;
    this.progress = progress;
    progress.on(LayerStatus.PULLING, 0);
  }

  /** The size of the layer, unpacked. */
  @Override
  public Long call() {
    try {
      long size = take();
      committed.complete(layer.chainId());
      return size;
    } catch (IOException e) {
      BerthException failure = new BerthException(e.getMessage(), e);
      abandon(failure);
      throw failure;
    } catch (RuntimeException | Error e) {
      abandon(e);
      throw e;
    }
  }

  /** Lets the layers above know that there is no use in waiting for this. */
  void abandon(Throwable why) {
    committed.completeExceptionally(why);
  }

  private long take() throws IOException {
    Optional<Long> size = store.layerSize(layer.diffId());
    boolean unpacked =
        store.snapshotter().stat(layer.chainId()).filter(SnapshotInfo::committed).isPresent();
    if (unpacked && size.isPresent()) {
      if (!isStored()) {
        // Not needed to run, but to push the very same image again.
        download();
      }
      progress.on(LayerStatus.EXISTS, layer.blob().size());
      return size.get();
    }
    String key = lease.begin();
    try {
      Snapshotter.LayerDigest found = unpack(key);
      if (!found.diffId().equals(layer.diffId())) {
        throw new InvalidInputException(
            "Layer "
                + layer.blob().digest()
                + " should unpack to "
                + layer.diffId()
                + ", found "
                + found.diffId()
                + "; the image is damaged");
      }
      store.snapshotter().commit(key, layer.chainId());
      progress.on(LayerStatus.PULLED, layer.blob().size());
      return found.size();
    } finally {
      lease.end(key);
    }
  }

  private boolean isStored() {
    return store.blobs().has(layer.blob().digest());
  }

  private BlobStore.Ingest ingest() {
    return store.blobs().begin(layer.blob().digest(), layer.blob().size());
  }

  private Snapshotter.LayerDigest unpack(String key) throws IOException {
    boolean early = store.snapshotter().unpacksAhead() || below.map(LayerTask::isDone).orElse(true);
    if (!isStored() && early) {
      try (BlobStore.Ingest ingest = ingest()) {
        if (ingest.offset() == 0) {
          return unpackWhileArriving(key, ingest);
        }
      }
    }
    if (!isStored()) {
      download();
    }
    progress.on(LayerStatus.EXTRACTING, layer.blob().size());
    try (InputStream packed = store.blobs().open(layer.blob().digest())) {
      return unpack(key, packed, () -> {});
    }
  }

  private boolean isDone() {
    return committed.isDone();
  }

  /** Takes in the blob alone, going on where an earlier attempt ended. */
  private void download() throws IOException {
    try (BlobStore.Ingest ingest = ingest()) {
      if (ingest.offset() == layer.blob().size()) {
        ingest.commit();
        return;
      }
      try (ArrivingLayer arriving = arriving(ingest)) {
        arriving.finish();
      }
    }
  }

  private ArrivingLayer arriving(BlobStore.Ingest ingest) throws IOException {
    try {
      InputStream in = source.blob(layer.blob(), ingest.offset());
      return new ArrivingLayer(in, layer.blob(), ingest, progress);
    } catch (InvalidInputException e) {
      ingest.forget();
      throw e;
    }
  }

  private Snapshotter.LayerDigest unpackWhileArriving(String key, BlobStore.Ingest ingest)
      throws IOException {
    try (ArrivingLayer arriving = arriving(ingest)) {
      try {
        return unpack(key, arriving, arriving::finish);
      } catch (InvalidInputException e) {
        // When it was corrupted on the way, that is what to say; else the blob itself is bad.
        arriving.finish();
        throw e;
      }
    }
  }

  /** What to do at the end of the content, before the layer below is waited for. */
  @FunctionalInterface
  private interface AtEnd {
    void run() throws IOException;
  }

  private Snapshotter.LayerDigest unpack(String key, InputStream packed, AtEnd atEnd)
      throws IOException {
    try {
      InputStream plain = Compression.decompress(packed, OptionalLong.of(unpackedLimit));
      Optional<Supplier<String>> parent = below.map(task -> task::await);
      return store.snapshotter().unpack(key, parent, new Ending(plain, atEnd));
    } catch (StorageException e) {
      if (e.getCause() instanceof IOException cause) {
        throw failure(cause);
      }
      throw e;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private RuntimeException failure(IOException e) {
    if (e instanceof ArrivingLayer.SourceException) {
      return new BerthException(e.getMessage(), e);
    }
    return new InvalidInputException(
        "Layer " + layer.blob().digest() + " cannot be unpacked: " + e.getMessage(), e);
  }

  /** The name of this layer's snapshot, when it is committed. */
  private String await() {
    try {
      return committed.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static final class Ending extends FilterInputStream {
    private final AtEnd atEnd;

    Ending(InputStream in, AtEnd atEnd) {
      super(in);
      this.atEnd = atEnd;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      if (b < 0) {
        atEnd.run();
      }
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      if (n < 0) {
        atEnd.run();
      }
      return n;
    }
  }
}
