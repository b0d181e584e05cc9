package io.berth.server.resource;

import io.berth.api.StorageUsage;
import io.berth.api.StorageUsage.OfContainer;
import io.berth.api.StorageUsage.OfImage;
import io.berth.api.StorageUsage.OfVolume;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How much space things take, by their ids and names. */
record Sizes(
    StorageUsage usage,
    Map<String, OfImage> images,
    Map<String, OfContainer> containers,
    Map<String, OfVolume> volumes) {

  static Sizes of(StorageUsage usage) {
    return new Sizes(
        usage,
        usage.images().stream()
            .collect(Collectors.toMap(i -> i.id().toString(), Function.identity(), (a, b) -> a)),
        usage.containers().stream()
            .collect(Collectors.toMap(OfContainer::id, Function.identity(), (a, b) -> a)),
        usage.volumes().stream()
            .collect(Collectors.toMap(OfVolume::name, Function.identity(), (a, b) -> a)));
  }

  /** What a container has written itself. */
  long written(String containerId) {
    return Optional.ofNullable(containers.get(containerId)).map(OfContainer::written).orElse(0L);
  }

  /** What an image shares with others. */
  long shared(String imageId) {
    return Optional.ofNullable(images.get(imageId)).map(OfImage::shared).orElse(0L);
  }

  long size(String imageId) {
    return Optional.ofNullable(images.get(imageId)).map(OfImage::size).orElse(0L);
  }
}
