package io.berth.image;

import io.berth.api.Image;
import io.berth.api.ImportRequest;
import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.layers.Snapshotter;
import io.berth.oci.Descriptor;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.oci.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One import of a root file system. */
final class RootfsImport implements ImportRequest {
  private final ImageStore store;
  private final Clock clock;
  private final long unpackedLimit;
  private final TarSource source;
  private final List<Reference> names = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private String message;
  private Platform platform = Platform.host();

  RootfsImport(ImageStore store, Clock clock, long unpackedLimit, TarSource source) {
    this.store = store;
    this.clock = clock;
    this.unpackedLimit = unpackedLimit;
    this.source = source;
    this.message = "Imported from " + source.name();
  }

  @Override
  public ImportRequest tag(String reference) {
    names.add(ImageStore.checkName(Reference.parse(reference), false));
    return this;
  }

  @Override
  public ImportRequest change(String instruction) {
    changes.add(instruction);
    return this;
  }

  @Override
  public ImportRequest message(String text) {
    message = text;
    return this;
  }

  @Override
  public ImportRequest platform(String text) {
    platform = Platform.parse(text);
    return this;
  }

  @Override
  public Image execute() {
    // Before the tar is read: a mistake in them should not cost an import.
    RunConfig config = ConfigInstructions.applyAll(RunConfig.empty(), changes);
    Snapshotter snapshotter = store.snapshotter();
    try (WorkLease lease = store.lease();
        InputStream tar = source.open()) {
      String key = lease.begin();
      try {
        snapshotter.prepare(key, Optional.empty());
        Snapshotter.LayerDigest layer = keeping(tar, snapshotter, key);
        // The chainID of a single layer is its diffID.
        snapshotter.commit(key, layer.diffId().toString());
        Instant now = clock.instant();
        ImageConfig image =
            ImageConfig.builder(platform)
                .created(now)
                .config(config)
                .addLayer(
                    layer.diffId(),
                    new History(
                        Optional.of(now),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(message),
                        false))
                .build();
        StoredImage stored = store.add(image, List.of(layer.size()), names);
        store.event("import", stored);
        return store.view(stored);
      } finally {
        lease.end(key);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot import the root file system from "
              + source.name()
              + ": "
              + e.getMessage()
              + "; expected a tar, plain or compressed with gzip or zstd",
          e);
    }
  }

  /** The tar is kept as it came: unpacking loses what another tar of the files would need. */
  private Snapshotter.LayerDigest keeping(InputStream tar, Snapshotter snapshotter, String key)
      throws IOException {
    try (BlobStore.Draft draft = store.blobs().draft()) {
      KeptInput kept = new KeptInput(tar, draft);
      InputStream plain = Compression.decompress(kept, OptionalLong.of(unpackedLimit));
      Snapshotter.LayerDigest layer = snapshotter.apply(key, plain);
      // The stream is read to its end, also past the end marks of the archive.
      kept.transferTo(OutputStream.nullOutputStream());
      BlobStore.Blob blob = draft.commit(Optional.empty());
      store
          .distribution()
          .setLayer(layer.diffId(), new Descriptor(kept.mediaType(), blob.digest(), blob.size()));
      return layer;
    }
  }
}
