package io.berth.api;

import io.berth.oci.Digest;
import java.time.Instant;
import java.util.List;

/**
 * How much space things take, in bytes.
 *
 * @param layers all layers of all images together, each counted once
 */
public record StorageUsage(
    long layers,
    List<OfImage> images,
    List<OfContainer> containers,
    List<OfVolume> volumes,
    List<OfBuild> buildCache) {

  public StorageUsage {
    images = List.copyOf(images);
    containers = List.copyOf(containers);
    volumes = List.copyOf(volumes);
    buildCache = List.copyOf(buildCache);
  }

  /**
   * @param size of all its layers
   * @param shared of those that other images have too
   * @param containers how many were made from it
   */
  public record OfImage(Digest id, List<String> tags, long size, long shared, int containers) {}

  /**
   * @param written what it has written itself
   */
  public record OfContainer(String id, String name, boolean active, long written) {}

  /**
   * @param users how many containers have it
   */
  public record OfVolume(String name, long size, int users) {}

  /**
   * @param kind {@code step}, or {@code mount} for a directory of RUN --mount=type=cache
   * @param shared whether it is in an image, and takes no space of its own
   */
  public record OfBuild(String id, String kind, long size, boolean shared, Instant lastUsed) {}

  /** What pruning would give back of the images. */
  public long reclaimableImages() {
    return images.stream()
        .filter(image -> image.containers() == 0)
        .mapToLong(image -> image.size() - image.shared())
        .sum();
  }

  /** The space of the build cache that is in no image. */
  public long reclaimableBuildCache() {
    return buildCache.stream().filter(e -> !e.shared()).mapToLong(OfBuild::size).sum();
  }
}
