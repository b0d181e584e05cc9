package io.berth.image;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.RootDocument;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The one image of a source that suits a platform, read and checked as far as its layers: what is
 * not an image is refused before anything is downloaded.
 *
 * @param descriptor of the manifest
 * @param config the bytes of the configuration
 */
record SourceImage(
    Descriptor descriptor,
    byte[] manifestBytes,
    Manifest manifest,
    byte[] config,
    ImageConfig image) {
  private static final int MAX_INDEX_DEPTH = 4;
  private static final int MAX_CONFIG = 8 << 20;

  /**
   * Reads the image for a platform.
   *
   * @param platform the one wanted; the host's when empty, and then an image that is for another
   *     platform only is taken as it is
   */
  static SourceImage read(ImageSource source, Optional<Platform> platform) throws IOException {
    Descriptor at = source.root();
    Platform wanted = platform.orElseGet(Platform::host);
    for (int depth = 0; depth < MAX_INDEX_DEPTH; depth++) {
      byte[] bytes = verified(at, source.manifest(at));
      RootDocument document = RootDocument.parse(bytes, at.mediaType());
      if (document instanceof Manifest manifest) {
        return of(source, at, bytes, manifest, platform);
      }
      at = select((Index) document, wanted);
    }
    throw new InvalidInputException(
        "Invalid image " + source.root().digest() + ": its indexes are nested too deeply");
  }

  private static Descriptor select(Index index, Platform wanted) {
    return index
        .select(wanted)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No image for platform "
                        + wanted
                        + "; there are "
                        + index.manifests().stream()
                            .flatMap(m -> m.platform().stream())
                            .filter(p -> !p.os().equals("unknown"))
                            .map(Platform::toString)
                            .distinct()
                            .collect(Collectors.joining(", "))
                        + ": ask for one of these with platform(\"os/architecture\")"));
  }

  private static SourceImage of(
      ImageSource source,
      Descriptor descriptor,
      byte[] bytes,
      Manifest manifest,
      Optional<Platform> platform)
      throws IOException {
    String what = "Invalid manifest " + descriptor.digest() + ": ";
    if (!manifest.isImage()) {
      throw new InvalidInputException(
          what
              + "its configuration is of type "
              + manifest.artifactType().orElse(manifest.config().mediaType())
              + ", so it is no image that containers can be made from");
    }
    for (Descriptor layer : manifest.layers()) {
      if (!MediaTypes.isLayer(layer.mediaType())) {
        throw new InvalidInputException(
            what
                + "the layer "
                + layer.digest()
                + " is of type "
                + layer.mediaType()
                + "; expected a tar, plain or compressed with gzip or zstd");
      }
    }
    byte[] config = readConfig(source, manifest.config());
    ImageConfig image = ImageConfig.parse(config);
    if (image.diffIds().size() != manifest.layers().size()) {
      throw new InvalidInputException(
          what
              + "it has "
              + manifest.layers().size()
              + " layers, its configuration "
              + image.diffIds().size());
    }
    if (platform.isPresent() && !platform.get().runs(image.platform())) {
      throw new NotFoundException(
          "No image for platform "
              + platform.get()
              + ": there is only one, for "
              + image.platform());
    }
    return new SourceImage(descriptor, bytes, manifest, config, image);
  }

  private static byte[] readConfig(ImageSource source, Descriptor config) throws IOException {
    if (config.size() > MAX_CONFIG) {
      throw new InvalidInputException(
          "Invalid configuration "
              + config.digest()
              + ": it has "
              + config.size()
              + " bytes; at most "
              + MAX_CONFIG
              + " are allowed");
    }
    if (config.content().isPresent()) {
      return config.content().get();
    }
    try (InputStream in = source.blob(config)) {
      return verified(config, in.readNBytes(Math.toIntExact(config.size() + 1)));
    }
  }

  private static byte[] verified(Descriptor expected, byte[] bytes) {
    Digest found = expected.digest().digester().update(bytes).digest();
    if (bytes.length != expected.size() || !found.equals(expected.digest())) {
      throw new InvalidInputException(
          "Content should be "
              + expected.digest()
              + " of "
              + expected.size()
              + " bytes, found "
              + (bytes.length > expected.size() ? "more" : found + " of " + bytes.length + " bytes")
              + "; it was corrupted on the way");
    }
    return Objects.requireNonNull(bytes);
  }

  /** All that is downloaded for it. */
  List<Digest> blobs() {
    List<Digest> all = new ArrayList<>();
    all.add(descriptor.digest());
    all.add(manifest.config().digest());
    manifest.layers().forEach(layer -> all.add(layer.digest()));
    return all;
  }

  /** The names of its snapshots, lowest first. */
  List<String> chainIds() {
    return image.diffIds().isEmpty()
        ? List.of()
        : ChainId.all(image.diffIds()).stream().map(Digest::toString).toList();
  }
}
