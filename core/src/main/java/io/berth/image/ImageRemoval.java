package io.berth.image;

import io.berth.error.ConflictException;
import io.berth.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Takes names from images, and with the last one the image. Its callers hold the store's lock. */
final class ImageRemoval {
  private final ImageLookup lookup;
  private final ReferenceTable references;
  private final ImageRecords records;
  private final Distribution distribution;
  private final Variants variants;
  private final Garbage garbage;
  private final ImageUsers users;
  private final BiConsumer<String, StoredImage> events;

  /**
   * @param events hears what happened to which image
   */
  ImageRemoval(
      ImageLookup lookup,
      ReferenceTable references,
      ImageRecords records,
      Distribution distribution,
      Variants variants,
      Garbage garbage,
      ImageUsers users,
      BiConsumer<String, StoredImage> events) {
    this.lookup = lookup;
    this.references = references;
    this.records = records;
    this.distribution = distribution;
    this.variants = variants;
    this.garbage = garbage;
    this.users = users;
    this.events = events;
  }

  /**
   * Removes a name, and with the last one the image; its layers and blobs go with the next sweep.
   *
   * @param force whether an image with several names is removed when it is given by its id
   * @return what was done, in Docker's words
   */
  List<String> remove(String name, boolean force) {
    StoredImage image = lookup.get(name);
    List<Reference> names = references.of(image.id());
    Optional<Reference> named = lookup.namedBy(name, image);
    if (named.isPresent()) {
      List<Reference> gone = goneWith(named.get(), names);
      if (gone.size() < names.size()) {
        return untag(gone, image);
      }
    }
    // The digests of one repository are no names that people gave.
    boolean several = names.stream().map(Reference::name).distinct().count() > 1;
    boolean tags = names.stream().filter(each -> each.tag().isPresent()).count() > 1;
    if (named.isEmpty() && (several || tags) && !force) {
      throw new ConflictException(
          "Cannot remove image "
              + name
              + ": it has several names ("
              + String.join(", ", names.stream().map(Reference::familiar).toList())
              + "); remove them by name, or force it");
    }
    checkUnused(name, image);
    variants.checkFree(name, image.id());
    List<String> report = new ArrayList<>(delete(image, names));
    // What is killed here leaves images without names, which prune removes.
    List<Variant> together = variants.of(image.id());
    variants.set(image.id(), List.of());
    for (Variant variant : together) {
      records
          .find(variant.image())
          .filter(this::isAlone)
          .ifPresent(each -> report.addAll(delete(each, List.of())));
    }
    return report;
  }

  /** Whether nothing needs an image but the one that it was built with. */
  private boolean isAlone(StoredImage image) {
    return references.of(image.id()).isEmpty()
        && users.containersOf(image.id()).isEmpty()
        && variants.of(image.id()).isEmpty()
        && !variants.followers().containsKey(image.id());
  }

  private List<String> delete(StoredImage image, List<Reference> names) {
    garbage.doom(image.snapshots());
    garbage.doomBlobs(distribution.blobsOf(image));
    List<String> report = new ArrayList<>(untag(names, image));
    records.remove(image.id());
    distribution.forget(image.id());
    report.add("Deleted: " + image.id());
    events.accept("delete", image);
    return report;
  }

  private List<String> untag(List<Reference> names, StoredImage image) {
    names.forEach(references::remove);
    names.forEach(name -> events.accept("untag", image));
    return names.stream().map(name -> "Untagged: " + name.familiar()).toList();
  }

  /** A name, and with the last tag of a repository the digests that came with it. */
  private static List<Reference> goneWith(Reference name, List<Reference> names) {
    boolean last =
        name.tag().isPresent()
            && names.stream()
                .noneMatch(
                    other ->
                        !other.equals(name)
                            && other.tag().isPresent()
                            && other.name().equals(name.name()));
    return names.stream()
        .filter(
            other ->
                other.equals(name)
                    || last && other.digest().isPresent() && other.name().equals(name.name()))
        .toList();
  }

  private void checkUnused(String name, StoredImage image) {
    List<String> containers = users.containersOf(image.id());
    if (!containers.isEmpty()) {
      throw new ConflictException(
          "Cannot remove image "
              + name
              + ": used by container "
              + String.join(", ", containers)
              + "; remove the container first");
    }
  }
}
