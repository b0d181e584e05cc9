package io.berth.archive;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import java.util.List;
import java.util.Objects;

/**
 * An image on its way into an archive or layout.
 *
 * @param manifest the descriptor of its manifest
 * @param manifestBytes the content of its manifest
 * @param config the descriptor of its configuration
 * @param configBytes the content of its configuration
 * @param layers lowest first
 * @param names full names with tags; none for an image that is known by its id
 */
public record SavedImage(
    Descriptor manifest,
    byte[] manifestBytes,
    Descriptor config,
    byte[] configBytes,
    List<SavedLayer> layers,
    List<Reference> names) {
  public SavedImage {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(config, "config");
    layers = List.copyOf(layers);
    names = List.copyOf(names);
  }

  ImageConfig image() {
    return ImageConfig.parse(configBytes);
  }
}
