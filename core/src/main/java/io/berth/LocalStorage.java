package io.berth;

import io.berth.api.Container;
import io.berth.api.Pruned;
import io.berth.api.Storage;
import io.berth.api.StorageUsage;
import io.berth.api.StorageUsage.OfContainer;
import io.berth.api.StorageUsage.OfImage;
import io.berth.api.StorageUsage.OfVolume;
import io.berth.api.Volumes;
import io.berth.build.BuildCachePruner;
import io.berth.container.ContainerUse;
import io.berth.container.DefaultContainers;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.oci.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up what the services of an engine keep. */
final class LocalStorage implements Storage {
  private final ImageStore images;
  private final DefaultContainers containers;
  private final Volumes volumes;
  private final BuildCachePruner buildCache;
  private final ContainerUse use;

  LocalStorage(
      ImageStore images,
      DefaultContainers containers,
      Volumes volumes,
      BuildCachePruner buildCache,
      ContainerUse use) {
    this.images = images;
    this.containers = containers;
    this.volumes = volumes;
    this.buildCache = buildCache;
    this.use = use;
  }

  @Override
  public StorageUsage usage() {
    List<StoredImage> all = images.list();
    Map<String, Integer> holders = new HashMap<>();
    Map<String, Long> sizes = new HashMap<>();
    for (StoredImage image : all) {
      List<String> layers = image.snapshots();
      for (int i = 0; i < layers.size(); i++) {
        holders.merge(layers.get(i), 1, Integer::sum);
        sizes.put(layers.get(i), image.layerSizes().get(i));
      }
    }
    return new StorageUsage(
        sizes.values().stream().mapToLong(Long::longValue).sum(),
        all.stream().map(image -> of(image, holders, sizes)).toList(),
        containers.list().stream().map(this::of).toList(),
        volumes.list().stream()
            .map(v -> new OfVolume(v.name(), volumes.size(v.name()).orElse(0L), users(v.name())))
            .toList(),
        buildCache.entries());
  }

  private OfImage of(StoredImage image, Map<String, Integer> holders, Map<String, Long> sizes) {
    long shared =
        image.snapshots().stream()
            .filter(layer -> holders.get(layer) > 1)
            .mapToLong(sizes::get)
            .sum();
    List<String> tags = images.view(image).tags().stream().map(Reference::familiar).toList();
    return new OfImage(image.id(), tags, image.size(), shared, use.containersOf(image.id()).size());
  }

  private OfContainer of(Container container) {
    return new OfContainer(
        container.id(),
        container.name(),
        container.state().status().isActive(),
        containers.written(container.id()));
  }

  private int users(String volume) {
    return volumes.users(volume).size();
  }

  @Override
  public Pruned pruneBuildCache(BuildCachePrune request) {
    return buildCache.prune(request.keepBytes(), request.filter());
  }
}
