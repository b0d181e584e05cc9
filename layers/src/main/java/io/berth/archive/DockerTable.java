package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.layers.Compression;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import io.berth.oci.ImageConfig;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.oci.RootDocument;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives the images of a {@code manifest.json} the manifests that they lack. */
final class DockerTable {
  private static final Pattern CONFIG = Pattern.compile("([0-9a-f]{64})(?:\\.json)?");

  private final ArchiveEntries entries;
  private final Map<Digest, ArchiveFile> parts = new HashMap<>();

  DockerTable(ArchiveEntries entries) {
    this.entries = entries;
  }

  /** Adds an image, or the names of one that an {@code index.json} in the same archive has too. */
  void add(List<ArchivedImage> images, DockerImage image) throws IOException {
    ArchiveFile file = entries.file(image.config());
    byte[] config = SmallFile.read(image.config(), file.open(0));
    Digest id = Digest.sha256(config);
    checkName(image.config(), id);
    List<Reference> names =
        image.tags().stream().flatMap(tag -> Table.tagged(Reference.parse(tag)).stream()).toList();
    for (int i = 0; i < images.size(); i++) {
      ArchivedImage other = images.get(i);
      if (isOf(other, id)) {
        Set<Reference> all = new LinkedHashSet<>(other.names());
        all.addAll(names);
        boolean original = other.original() && isPacked(other);
        images.set(i, new ArchivedImage(other.source(), List.copyOf(all), original));
        return;
      }
    }
    parts.put(id, file);
    images.add(new ArchivedImage(source(id, config, image.layers()), names, false));
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
    return manifest(image).filter(found -> found.config().digest().equals(config)).isPresent();
  }

  /** Not as docker writes images that it has unpacked: then the manifest is of its own making. */
  private static boolean isPacked(ArchivedImage image) throws IOException {
    return manifest(image).stream()
        .flatMap(found -> found.layers().stream())
        .noneMatch(layer -> MediaTypes.isTar(layer.mediaType()));
  }

  private static Optional<Manifest> manifest(ArchivedImage image) throws IOException {
    Descriptor root = image.source().root();
    return MediaTypes.isManifest(root.mediaType())
            && RootDocument.parse(image.source().manifest(root), root.mediaType())
                instanceof Manifest manifest
        ? Optional.of(manifest)
        : Optional.empty();
  }

  /** What docker itself calls these parts when it writes an index, so that digests agree. */
  private ArchiveSource source(Digest id, byte[] config, List<String> names) throws IOException {
    List<Digest> diffIds = ImageConfig.parse(config).diffIds();
    if (diffIds.size() != names.size()) {
      throw new InvalidInputException(
          "Invalid image archive: image "
              + id
              + " has "
              + names.size()
              + " layers in manifest.json, and "
              + diffIds.size()
              + " in its configuration");
    }
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      ArchiveFile layer = entries.file(names.get(i));
      Compression compression = compression(layer);
      Digest digest = digest(layer, compression, diffIds.get(i));
      parts.put(digest, layer);
      layers.add(new Descriptor(type(compression), digest, layer.size()));
    }
    Manifest manifest =
        Manifest.oci(new Descriptor(MediaTypes.OCI_CONFIG, id, config.length), layers);
    Descriptor root = manifest.descriptor();
    return new ArchiveSource(root, parts, Map.of(root.digest(), manifest.toBytes()));
  }

  private static Compression compression(ArchiveFile layer) throws IOException {
    try (InputStream in = layer.open(0)) {
      return Compression.of(in.readNBytes(4));
    }
  }

  /** The digest of a layer, or the one that it should have, which its reader checks. */
  private static Digest digest(ArchiveFile layer, Compression compression, Digest diffId)
      throws IOException {
    if (layer.digest().isPresent() || compression == Compression.NONE) {
      return layer.digest().orElse(diffId);
    }
    Digester digester = Digester.sha256();
    byte[] buffer = new byte[256 << 10];
    try (InputStream in = layer.open(0)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digester.update(buffer, 0, n);
      }
    }
    return digester.digest();
  }

  private static String type(Compression compression) {
    return switch (compression) {
      case NONE -> MediaTypes.OCI_LAYER;
      case GZIP -> MediaTypes.OCI_LAYER_GZIP;
      case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
    };
  }
}
