package io.berth.image;

import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An image of the store without its names.
 *
 * @param id the digest of its configuration's bytes
 * @param layerSizes the sizes of the layers' tars, lowest first; as many as the configuration has
 *     layers
 * @param stored when it came into the store
 */
public record StoredImage(Digest id, ImageConfig config, List<Long> layerSizes, Instant stored) {
  public StoredImage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(stored, "stored");
    layerSizes = List.copyOf(layerSizes);
    if (layerSizes.size() != config.diffIds().size()) {
      throw new IllegalArgumentException(
          "expected the sizes of " + config.diffIds().size() + " layers, found " + layerSizes);
    }
  }

  /** The names of the snapshots, lowest first. */
  public List<String> snapshots() {
    return config.diffIds().isEmpty()
        ? List.of()
        : ChainId.all(config.diffIds()).stream().map(Digest::toString).toList();
  }

  /** The snapshot that containers rest on; empty for an image without layers. */
  public Optional<String> topSnapshot() {
    return config.chainId().map(Digest::toString);
  }

  /** When it was made, as far as it says. */
  public Instant created() {
    return config.created().orElse(stored);
  }

  /** The size of all layers. */
  public long size() {
    return layerSizes.stream().mapToLong(Long::longValue).sum();
  }
}
