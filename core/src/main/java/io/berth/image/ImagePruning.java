package io.berth.image;

import io.berth.api.PruneFilter;
import io.berth.oci.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which images a prune may remove, and how much that gives back. */
final class ImagePruning {
  private final List<StoredImage> all;
  private final ReferenceTable references;
  private final Set<Digest> followers;

  /**
   * @param followers images that go with others
   */
  ImagePruning(List<StoredImage> all, ReferenceTable references, Set<Digest> followers) {
    this.all = all;
    this.references = references;
    this.followers = followers;
  }

  /**
   * Those that containers may use still.
   *
   * @param named whether also those that have a name
   */
  List<StoredImage> candidates(boolean named, PruneFilter filter) {
    return all.stream()
        .filter(image -> named || !isNamed(image))
        .filter(image -> !followers.contains(image.id()))
        .filter(image -> filter.allows(image.created(), image.config().config().labels()))
        .toList();
  }

  private boolean isNamed(StoredImage image) {
    return references.of(image.id()).stream().anyMatch(name -> name.tag().isPresent());
  }

  /** The size of the layers that are gone. */
  long size(List<String> removed) {
    Map<String, Long> sizes = new HashMap<>();
    for (StoredImage image : all) {
      List<String> snapshots = image.snapshots();
      for (int i = 0; i < snapshots.size(); i++) {
        sizes.put(snapshots.get(i), image.layerSizes().get(i));
      }
    }
    return removed.stream().mapToLong(name -> sizes.getOrDefault(name, 0L)).sum();
  }
}
