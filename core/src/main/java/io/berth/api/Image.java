package io.berth.api;

import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * An image that is in the engine's store.
 *
 * @param id the digest of its configuration
 * @param tags its names, sorted
 * @param repoDigests what it is called on registries that it came from or went to, with the digest
 *     there: {@code docker.io/library/redis@sha256:…}; sorted
 * @param config its configuration (OCI image-spec, config.md)
 * @param created when it was made
 * @param layerSizes of its layers' tars, in bytes, lowest first
 */
public record Image(
    Digest id,
    List<Reference> tags,
    List<Reference> repoDigests,
    ImageConfig config,
    Instant created,
    List<Long> layerSizes) {
  public Image {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(created, "created");
    tags = List.copyOf(tags);
    repoDigests = List.copyOf(repoDigests);
    layerSizes = List.copyOf(layerSizes);
  }

  /** Of its layers, unpacked, in bytes. */
  public long size() {
    return layerSizes.stream().mapToLong(Long::longValue).sum();
  }

  /** The first twelve digits of the id, as docker prints it. */
  public String shortId() {
    return id.hex().substring(0, 12);
  }
}
