package io.berth.image;

import io.berth.archive.SavedBlob;
import io.berth.archive.SavedImage;
import io.berth.archive.SavedIndex;
import io.berth.archive.SavedLayer;
import io.berth.error.StorageException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.layers.Snapshotter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The store's images as archives take them: with the manifest and the blobs that they came with, or
 * else with layers written from their snapshots.
 */
final class SavedImages {
  private final ImageStore store;

  SavedImages(ImageStore store) {
    this.store = store;
  }

  /** With the index that it goes out in, if it does. */
  SavedImage of(StoredImage image, List<Reference> names) {
    Bundle bundle = Bundle.of(store, image);
    List<SavedImage> all =
        bundle.members().stream()
            .map(m -> alone(m.image(), m.image().equals(image) ? names : List.of()))
            .toList();
    SavedImage named =
        all.get(bundle.members().stream().map(Bundle.Member::image).toList().indexOf(image));
    return bundle
        .outer(names.stream().findFirst(), all.stream().map(SavedImage::manifest).toList())
        .map(outer -> named.within(index(outer, all.stream().filter(i -> i != named).toList())))
        .orElse(named);
  }

  private static SavedIndex index(Bundle.Outer outer, List<SavedImage> others) {
    List<SavedBlob> blobs = new ArrayList<>();
    for (Attestation attestation : outer.attestations()) {
      blobs.addAll(attestation.blobs());
      blobs.add(attestation.manifest());
    }
    Index index = outer.index();
    return new SavedIndex(new SavedBlob(index.descriptor(), index.toBytes()), others, blobs);
  }

  private SavedImage alone(StoredImage image, List<Reference> names) {
    byte[] config = store.blobs().has(image.id()) ? read(image.id()) : image.config().toBytes();
    Optional<Descriptor> kept = store.distribution().manifest(image.id());
    Optional<Manifest> manifest =
        kept.map(descriptor -> Manifest.parse(store.distribution().read(descriptor)));
    List<SavedLayer> layers = new ArrayList<>();
    List<Digest> diffIds = image.config().diffIds();
    for (int i = 0; i < diffIds.size(); i++) {
      int number = i;
      Digest diffId = diffIds.get(i);
      long size = image.layerSizes().get(i);
      layers.add(
          manifest
              .map(m -> m.layers().get(number))
              .or(() -> store.distribution().layer(diffId))
              .<SavedLayer>map(blob -> new Packed(store.blobs(), blob, size))
              .orElseGet(
                  () ->
                      new Unpacked(
                          store.snapshotter(), image.snapshots().get(number), diffId, size)));
    }
    if (kept.isPresent()) {
      return new SavedImage(
          kept.get(),
          store.distribution().read(kept.get()),
          manifest.get().config(),
          config,
          layers,
          names);
    }
    Descriptor configDescriptor = Descriptor.of(MediaTypes.OCI_CONFIG, config);
    Manifest made =
        Manifest.oci(configDescriptor, layers.stream().map(SavedLayer::descriptor).toList());
    return new SavedImage(
        made.descriptor(), made.toBytes(), configDescriptor, config, layers, names);
  }

  private byte[] read(Digest digest) {
    try (InputStream in = store.blobs().open(digest)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + digest + ": " + e.getMessage(), e);
    }
  }

  /** A layer as the blob that it came as. */
  private record Packed(BlobStore blobs, Descriptor descriptor, long tarSize)
      implements SavedLayer {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (InputStream in = blobs.open(descriptor.digest())) {
        copy(in, out);
      }
    }

    @Override
    public void writeTar(OutputStream out) throws IOException {
      try (InputStream packed = blobs.open(descriptor.digest());
          InputStream in = Compression.decompress(packed, OptionalLong.of(tarSize))) {
        copy(in, out);
      }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
      byte[] buffer = new byte[256 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  /** A layer that was made here, written from its snapshot. */
  private record Unpacked(Snapshotter snapshotter, String snapshot, Digest diffId, long tarSize)
      implements SavedLayer {
    @Override
    public Descriptor descriptor() {
      return new Descriptor(MediaTypes.OCI_LAYER, diffId, tarSize);
    }

    @Override
    public void writeTo(OutputStream out) {
      Snapshotter.LayerDigest written = snapshotter.diff(snapshot, out);
      if (!written.diffId().equals(diffId)) {
        throw new StorageException(
            "Layer "
                + diffId
                + " cannot be written: its files in the store now give "
                + written.diffId()
                + "; they have been changed from outside, so build the image again");
      }
    }

    @Override
    public void writeTar(OutputStream out) {
      writeTo(out);
    }
  }
}
