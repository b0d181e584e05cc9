package io.berth.image;

import io.berth.api.Image;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.event.EventLog;
import io.berth.internal.AtomicFile;
import io.berth.layers.BlobStore;
import io.berth.layers.Snapshotter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The images of a data directory. Many processes may use one directory at once.
 *
 * <pre>
 * images/references.json   full reference -> image id
 * images/ids/sha256-…      one file per image; the configuration is a blob
 * images/manifests/        the manifest that an image came or went with; it is a blob too
 * images/variants/         the images that were built together, each for a platform
 * images/layers/           which blob unpacks to a layer, by the layer's diffID
 * images/doomed/, work/    names of snapshots and blobs to remove, and of unfinished snapshots
 * images/lock              held by whoever changes the above
 * images/lease             held shared by whoever works with layers: see {@link #lease()}
 * </pre>
 *
 * <p>An image comes into being in the order layers, configuration, record, name, and goes in the
 * opposite order; so whatever has a name is complete, also after a kill.
 */
public final class ImageStore {
  private final Snapshotter snapshotter;
  private final BlobStore blobs;
  private final EventLog events;
  private final StoreLocks locks;
  private final ReferenceTable references;
  private final ImageRecords records;
  private final Distribution distribution;
  private final Variants variants;
  private final CachedLayers cached;
  private final Garbage garbage;
  private final ImageLookup lookup;
  private final ImageRemoval removal;

  /**
   * @param dataDirectory whose {@code images} directory is to be used; made when it is missing
   * @param users tells which containers use an image
   * @param events where it is written what happens to images
   */
  public ImageStore(
      Path dataDirectory,
      Snapshotter snapshotter,
      BlobStore blobs,
      ImageUsers users,
      EventLog events) {
    Path directory = dataDirectory.resolve("images");
    this.snapshotter = snapshotter;
    this.blobs = blobs;
    this.events = events;
    this.locks = new StoreLocks(directory);
    this.references = new ReferenceTable(directory.resolve("references.json"));
    this.records = new ImageRecords(directory.resolve("ids"), blobs);
    this.distribution = new Distribution(directory, blobs);
    this.variants = new Variants(directory.resolve("variants"), id -> records.find(id).isPresent());
    this.cached = new CachedLayers(dataDirectory.resolve("cache/layers"));
    this.garbage = new Garbage(directory, snapshotter, blobs, cached);
    this.lookup = new ImageLookup(directory, references, records);
    this.removal =
        new ImageRemoval(
            lookup, references, records, distribution, variants, garbage, users, this::event);
    AtomicFile.removeLeftovers(directory);
    AtomicFile.removeLeftovers(directory.resolve("ids"));
    sweep();
  }

  /** Where the layers are. */
  public Snapshotter snapshotter() {
    return snapshotter;
  }

  /** The layers that the build cache keeps. */
  public CachedLayers cachedLayers() {
    return cached;
  }

  /** Where manifests, configurations and packed layers are. */
  public BlobStore blobs() {
    return blobs;
  }

  /** Which manifests and packed layers belong to the images. */
  Distribution distribution() {
    return distribution;
  }

  /**
   * Keeps all layers and blobs from being removed until it is closed. To be held from looking an
   * image up until a snapshot rests on its layers.
   */
  public WorkLease lease() {
    return new WorkLease(this, garbage.work(), locks.shareLease());
  }

  /** Finds by reference, id, or unique prefix of an id. */
  public Optional<StoredImage> find(String name) {
    return lookup.find(name);
  }

  /** As {@link #find}, or an error that says what to do. */
  public StoredImage get(String name) {
    return lookup.get(name);
  }

  /** An image with its names, as applications see it. */
  public Image view(StoredImage image) {
    List<Reference> names = references.of(image.id());
    return new Image(
        image.id(),
        names.stream().filter(name -> name.digest().isEmpty()).toList(),
        names.stream().filter(name -> name.digest().isPresent()).toList(),
        image.config(),
        image.created(),
        image.layerSizes());
  }

  /** All images, the newest first. */
  public List<StoredImage> list() {
    return records.all().stream()
        .sorted(
            Comparator.comparing(StoredImage::created).reversed().thenComparing(StoredImage::id))
        .toList();
  }

  /** The same without those that are there as another platform's of an image that has names. */
  List<StoredImage> leaders() {
    Set<Digest> followers = variants.followers().keySet();
    return list().stream()
        .filter(i -> !followers.contains(i.id()) || !references.of(i.id()).isEmpty())
        .toList();
  }

  /**
   * Stores an image whose layers are committed snapshots, and names it. The caller holds a lease
   * since it found or made those snapshots.
   *
   * @param layerSizes the sizes of the layers' tars, lowest first
   */
  public StoredImage add(ImageConfig config, List<Long> layerSizes, Collection<Reference> names) {
    return add(List.of(BuiltImage.of(config.platform(), config, layerSizes)), 0, names).get(0);
  }

  /**
   * The same of images that were built together, each for a platform.
   *
   * @param leader the place of the one that has the names, by which all go out
   */
  public List<StoredImage> add(List<BuiltImage> images, int leader, Collection<Reference> names) {
    return locks.exclusively(
        () -> {
          List<StoredImage> stored = images.stream().map(this::put).toList();
          List<Variant> all = new ArrayList<>();
          for (int i = 0; i < stored.size(); i++) {
            all.add(new Variant(images.get(i).platform(), stored.get(i).id()));
          }
          Digest named = stored.get(leader).id();
          variants.set(named, all);
          names.forEach(name -> references.put(checkName(name, false), named));
          return stored;
        });
  }

  private StoredImage put(BuiltImage image) {
    if (image.present().isEmpty()) {
      return records.put(image.config().toBytes(), image.layerSizes());
    }
    Digest id = image.present().get().id();
    return records
        .find(id)
        .orElseThrow(() -> new NotFoundException("The image " + id + " was removed meanwhile"));
  }

  /**
   * Stores an image that came from elsewhere, whose layers are committed snapshots and whose blobs
   * are in the blob store, and names it. The caller holds a lease since it found or made those.
   *
   * @param config its bytes as they came
   * @param manifest the one that it came with; empty when that was made for the way only
   * @param names tags, and digests of what was asked for: {@code docker.io/library/redis@sha256:…}
   */
  StoredImage add(
      byte[] config,
      List<Long> layerSizes,
      Optional<Descriptor> manifest,
      Collection<Reference> names) {
    return locks.exclusively(
        () -> {
          StoredImage image = records.put(config, layerSizes);
          manifest.ifPresent(m -> distribution.setManifest(image.id(), m));
          names.forEach(name -> references.put(checkName(name.preferDigest(), true), image.id()));
          return image;
        });
  }

  /** Gives an image that is still there more names, digests among them. */
  void name(StoredImage image, Collection<Reference> names) {
    locks.exclusively(
        () -> {
          if (records.find(image.id()).isEmpty()) {
            throw new NotFoundException("The image " + image.id() + " was removed meanwhile");
          }
          names.forEach(name -> references.put(checkName(name.preferDigest(), true), image.id()));
          return image;
        });
  }

  /** The images that go out by an image's name, each with its platform: that alone, or several. */
  public List<Variant> variants(StoredImage image) {
    List<Variant> all = variants.of(image.id());
    return all.isEmpty() ? List.of(new Variant(image.config().platform(), image.id())) : all;
  }

  /** As {@link #find}, but of the images of a name the one that suits a platform. */
  public Optional<StoredImage> find(String name, Platform platform) {
    return find(name)
        .flatMap(image -> platform.best(variants(image), Variant::platform))
        .flatMap(variant -> records.find(variant.image()));
  }

  /** Notes the manifest that was made for an image. */
  void setManifest(StoredImage image, Descriptor manifest) {
    locks.exclusively(
        () -> {
          distribution.setManifest(image.id(), manifest);
          return image;
        });
  }

  /**
   * Sets what is pushed beside an image to say where it comes from.
   *
   * @param statement an in-toto statement in JSON; empty for none
   */
  public void setStatement(Digest image, Optional<String> statement) {
    locks.exclusively(
        () -> {
          distribution.setStatement(image, statement);
          return image;
        });
  }

  /** The digest that an image has in a repository. */
  Optional<Digest> digestOf(Reference repository, StoredImage image) {
    if (repository.digest().isPresent()) {
      return repository.digest();
    }
    return references.of(image.id()).stream()
        .filter(name -> name.name().equals(repository.name()))
        .flatMap(name -> name.digest().stream())
        .findFirst();
  }

  /** Whether there is any image of a repository that came from or went to its registry. */
  boolean hasDigests(Reference repository) {
    return references.anyOf(repository.name() + "@");
  }

  /** The repositories on registries that are known to have a blob. */
  List<Reference> repositoriesWith(Digest blob) {
    return records.all().stream()
        .filter(image -> distribution.blobsOf(image).contains(blob))
        .flatMap(image -> references.of(image.id()).stream())
        .filter(name -> name.digest().isPresent())
        .map(Reference::nameOnly)
        .distinct()
        .toList();
  }

  /** The size of a layer, unpacked, when an image has it. */
  Optional<Long> layerSize(Digest diffId) {
    return records.all().stream()
        .filter(image -> image.config().diffIds().contains(diffId))
        .map(image -> image.layerSizes().get(image.config().diffIds().indexOf(diffId)))
        .findFirst();
  }

  /** Notes what a failed import has brought; it goes, unless an image uses it. */
  void discard(Collection<Digest> blobs, Collection<String> snapshots) {
    garbage.doomBlobs(blobs);
    garbage.doom(snapshots);
  }

  /** Gives an image one more name, which another image may lose. */
  public StoredImage tag(String source, Reference target) {
    Reference name = checkName(target, false);
    StoredImage tagged =
        locks.exclusively(
            () -> {
              StoredImage image = get(source);
              references.put(name, image.id());
              return image;
            });
    event("tag", tagged, name.familiar());
    return tagged;
  }

  /** Writes down that an image has got names. */
  public void tagged(StoredImage image, Collection<Reference> names) {
    names.forEach(name -> event("tag", image, checkName(name, false).familiar()));
  }

  /** Writes down what happened to an image. */
  void event(String action, StoredImage image) {
    event(action, image, image.id().toString());
  }

  private void event(String action, StoredImage image, String name) {
    Map<String, String> attributes = new HashMap<>(image.config().config().labels());
    attributes.put("name", name);
    events.append("image", action, image.id().toString(), attributes);
  }

  /** Writes down that an image came or went by this name. */
  void transferred(String action, Reference name) {
    events.append("image", action, name.familiar(), Map.of("name", name.nameOnly().familiar()));
  }

  /**
   * Removes a name, and with the last one the image.
   *
   * @param force whether an image with several names is removed when it is given by its id
   * @return what was done, in Docker's words
   */
  public List<String> remove(String name, boolean force) {
    List<String> report = new ArrayList<>(locks.exclusively(() -> removal.remove(name, force)));
    sweep().forEach(snapshot -> report.add("Deleted: " + snapshot));
    return report;
  }

  /** Removes what was left to be removed, unless somebody works with layers: then the last will. */
  List<String> sweep() {
    return garbage.isEmpty()
        ? List.of()
        : collect(() -> garbage.collect(usedSnapshots(), this::usedBlobs));
  }

  private List<String> collect(Supplier<List<String>> collection) {
    return locks.exclusively(() -> locks.unlessLeased(collection).orElse(List.of()));
  }

  /**
   * Does something alone with the layers.
   *
   * @param work is given the snapshots that images rest on
   * @return empty when somebody works with layers: then nothing was done
   */
  public <T> Optional<T> alone(Function<Set<String>, T> work) {
    return locks.exclusively(() -> locks.unlessLeased(() -> work.apply(usedSnapshots())));
  }

  /**
   * Removes images that no container uses, and what pulls that failed have left, unless somebody
   * works with layers.
   *
   * @param all whether also those that have a name
   * @return what was done, in Docker's words, and the size of the layers that went
   */
  public Pruned prune(boolean all, PruneFilter filter) {
    ImagePruning pruning = new ImagePruning(list(), references, variants.followers().keySet());
    List<String> report = new ArrayList<>();
    for (StoredImage image : pruning.candidates(all, filter)) {
      try {
        report.addAll(locks.exclusively(() -> removal.remove(image.id().toString(), true)));
      } catch (ConflictException | NotFoundException e) {
        // A container uses it, or another process has removed it.
      }
    }
    List<String> removed = sweep();
    alone(
        snapshots -> {
          garbage.collectBlobs(usedBlobs());
          distribution.forgetLostLayers();
          variants.forgetLost();
          return snapshots;
        });
    removed.forEach(snapshot -> report.add("Deleted: " + snapshot));
    return new Pruned(report, pruning.size(removed));
  }

  /** The snapshots that images rest on. */
  public Set<String> usedSnapshots() {
    Set<String> used = new HashSet<>();
    records.all().forEach(image -> used.addAll(image.snapshots()));
    return used;
  }

  private Set<Digest> usedBlobs() {
    Set<Digest> used = new HashSet<>();
    records.all().forEach(image -> used.addAll(distribution.blobsOf(image)));
    return used;
  }

  static Reference checkName(Reference name, boolean mayBeDigest) {
    if (name.digest().isPresent() && !mayBeDigest) {
      throw new InvalidInputException(
          "Cannot name an image " + name.familiar() + ": leave out the digest, and give a tag");
    }
    return name.withDefaultTag();
  }
}
