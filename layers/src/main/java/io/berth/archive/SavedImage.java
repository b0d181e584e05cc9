package io.berth.archive;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An image on its way into an archive or layout.
 *
 * @param manifest the descriptor of its manifest
 * @param manifestBytes the content of its manifest
 * @param config the descriptor of its configuration
 * @param configBytes the content of its configuration
 * @param layers lowest first
 * @param names full names with tags; none for an image that is known by its id
 * @param within the index that has these names in an OCI layout, in place of the image alone; the
 *     archives that docker reads hold the image
 */
public record SavedImage(
    Descriptor manifest,
    byte[] manifestBytes,
    Descriptor config,
    byte[] configBytes,
    List<SavedLayer> layers,
    List<Reference> names,
    Optional<SavedIndex> within) {
  public SavedImage {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(config, "config");
    layers = List.copyOf(layers);
    names = List.copyOf(names);
  }

  /** An image that is in no index. */
  public SavedImage(
      Descriptor manifest,
      byte[] manifestBytes,
      Descriptor config,
      byte[] configBytes,
      List<SavedLayer> layers,
      List<Reference> names) {
    this(manifest, manifestBytes, config, configBytes, layers, names, Optional.empty());
  }

  /** The same in an index. */
  public SavedImage within(SavedIndex index) {
    return new SavedImage(
        manifest, manifestBytes, config, configBytes, layers, names, Optional.of(index));
  }

  /** What the table of a layout has by its names. */
  Descriptor root() {
    return within.map(each -> each.index().descriptor()).orElse(manifest);
  }

  /** It, and the images of the index that it is in. */
  List<SavedImage> all() {
    List<SavedImage> all = new ArrayList<>();
    all.add(this);
    within.ifPresent(index -> all.addAll(index.others()));
    return all;
  }

  /** All documents that a layout has of it, besides the images' own. */
  List<SavedBlob> documents() {
    List<SavedBlob> documents = new ArrayList<>();
    within.ifPresent(
        each -> {
          documents.addAll(each.blobs());
          documents.add(each.index());
        });
    return documents;
  }

  /** The same without the index. */
  SavedImage alone() {
    return new SavedImage(manifest, manifestBytes, config, configBytes, layers, names);
  }

  ImageConfig image() {
    return ImageConfig.parse(configBytes);
  }
}
