package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.oci.RootDocument;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives the images of a {@code manifest.json} the manifests that they lack. */
final class DockerTable {
  private static final Pattern CONFIG = Pattern.compile("([0-9a-f]{64})(?:\\.json)?");

  private final Function<String, BlobStore.Blob> files;
  private final BlobStore blobs;

  /**
   * @param files the content of a file in the archive
   */
  DockerTable(Function<String, BlobStore.Blob> files, BlobStore blobs) {
    this.files = files;
    this.blobs = blobs;
  }

  /** Adds an image, or the names of one that an {@code index.json} in the same archive has too. */
  void add(List<ArchivedImage> images, DockerImage image) throws IOException {
    BlobStore.Blob config = files.apply(image.config());
    checkName(image.config(), config.digest());
    List<Reference> names =
        image.tags().stream().map(tag -> Reference.parse(tag).withDefaultTag()).toList();
    for (int i = 0; i < images.size(); i++) {
      ArchivedImage other = images.get(i);
      if (isOf(other, config.digest())) {
        Set<Reference> all = new LinkedHashSet<>(other.names());
        all.addAll(names);
        images.set(i, new ArchivedImage(other.source(), List.copyOf(all)));
        return;
      }
    }
    images.add(new ArchivedImage(source(config, image.layers()), names));
  }

  private static void checkName(String name, Digest digest) {
    Matcher matcher = CONFIG.matcher(name.substring(name.lastIndexOf('/') + 1));
    if (matcher.matches() && !matcher.group(1).equals(digest.hex())) {
      throw new InvalidInputException(
          "Invalid image archive: the configuration "
              + name
              + " is in fact "
              + digest
              + "; the archive is damaged");
    }
  }

  private static boolean isOf(ArchivedImage image, Digest config) throws IOException {
    Descriptor root = image.source().root();
    if (!MediaTypes.isManifest(root.mediaType())) {
      return false;
    }
    return RootDocument.parse(image.source().manifest(root), root.mediaType())
            instanceof Manifest manifest
        && manifest.config().digest().equals(config);
  }

  /** What docker itself calls these parts when it writes an index, so that digests agree. */
  private StoredSource source(BlobStore.Blob config, List<String> names) throws IOException {
    List<Descriptor> layers = new ArrayList<>();
    for (String name : names) {
      BlobStore.Blob layer = files.apply(name);
      layers.add(ImageArchive.describe(layerType(layer.digest()), layer));
    }
    Manifest manifest = Manifest.oci(ImageArchive.describe(MediaTypes.OCI_CONFIG, config), layers);
    Descriptor root = manifest.descriptor();
    return new StoredSource(root, blobs, Map.of(root.digest(), manifest.toBytes()));
  }

  private String layerType(Digest layer) throws IOException {
    try (InputStream in = blobs.open(layer)) {
      return switch (Compression.of(in.readNBytes(4))) {
        case NONE -> MediaTypes.OCI_LAYER;
        case GZIP -> MediaTypes.OCI_LAYER_GZIP;
        case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
      };
    }
  }
}
