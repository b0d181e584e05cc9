package io.berth;

import io.berth.api.Container;
import io.berth.api.FileLayers;
import io.berth.api.Image;
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
import io.berth.error.NotFoundException;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import io.berth.oci.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Adds up what the services of an engine keep. */
final class LocalStorage implements Storage {
  private final ImageStore images;
  private final DefaultContainers containers;
  private final Volumes volumes;
  private final BuildCachePruner buildCache;
  private final ContainerUse use;
  private final Snapshotter snapshotter;

  LocalStorage(
      ImageStore images,
      DefaultContainers containers,
      Volumes volumes,
      BuildCachePruner buildCache,
      ContainerUse use,
      Snapshotter snapshotter) {
    this.snapshotter = snapshotter;
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
  public String driver() {
    return snapshotter.name();
  }

  @Override
  public FileLayers files(Container container) {
    return files(containers.rootMount(container.id()));
  }

  @Override
  public FileLayers files(Image image) {
    List<String> layers =
        images.list().stream()
            .filter(stored -> stored.id().equals(image.id()))
            .findFirst()
            .orElseThrow(() -> new NotFoundException("No such image: " + image.id()))
            .snapshots();
    return layers.isEmpty()
        ? new FileLayers(driver(), List.of(), Optional.empty(), Optional.empty())
        : files(snapshotter.mount(layers.get(layers.size() - 1)));
  }

  private FileLayers files(RootMount mount) {
    if (mount instanceof RootMount.Overlay overlay) {
      return new FileLayers(
          driver(),
          overlay.lowers(),
          overlay.writable().map(RootMount.Writable::upper),
          overlay.writable().map(RootMount.Writable::work));
    }
    return new FileLayers(
        driver(),
        List.of(((RootMount.Directory) mount).path()),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public Pruned pruneBuildCache(BuildCachePrune request) {
    return buildCache.prune(request.keepBytes(), request.filter());
  }
}
