package io.berth.image;

import io.berth.error.ConflictException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.layers.BlobStore;
import io.berth.layers.Snapshotter;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is to be removed as soon as nobody works with layers: snapshots of removed images, in {@code
 * doomed/}, their blobs, there too with the prefix {@code blob:}, and unfinished snapshots of dead
 * processes, in {@code work/}; each an empty file of its name. The caller of the removing methods
 * holds the store's lock and the lease alone.
 */
final class Garbage {
  private static final String BLOB = "blob:";

  private final Path doomed;
  private final Path work;
  private final Snapshotter snapshotter;
  private final BlobStore blobs;
  private final CachedLayers cached;

  /**
   * @param cached layers that stay, since builds may use them again
   */
  Garbage(Path directory, Snapshotter snapshotter, BlobStore blobs, CachedLayers cached) {
    this.doomed = directory.resolve("doomed");
    this.work = directory.resolve("work");
    this.snapshotter = snapshotter;
    this.blobs = blobs;
    this.cached = cached;
    AtomicFile.removeLeftovers(doomed);
    AtomicFile.removeLeftovers(work);
  }

  Path work() {
    return work;
  }

  /** Notes snapshots that are to go unless an image uses them. */
  void doom(Collection<String> snapshots) {
    // A colon is safe in the names of Linux files.
    snapshots.forEach(name -> AtomicFile.write(doomed.resolve(name), new byte[0]));
  }

  /** Notes blobs that are to go unless an image uses them. */
  void doomBlobs(Collection<Digest> digests) {
    digests.forEach(digest -> AtomicFile.write(doomed.resolve(BLOB + digest), new byte[0]));
  }

  boolean isEmpty() {
    return names(doomed).isEmpty() && names(work).isEmpty();
  }

  /**
   * Removes what was noted.
   *
   * @param used the snapshots that images rest on
   * @param usedBlobs the blobs that images need, asked for when there are some to remove
   * @return the committed snapshots that were removed
   */
  List<String> collect(Set<String> used, Supplier<Set<Digest>> usedBlobs) {
    for (String key : names(work)) {
      snapshotter.remove(key);
      AtomicFile.delete(work.resolve(key));
    }
    Set<String> candidates = new HashSet<>();
    List<Digest> unwanted = new ArrayList<>();
    for (String name : names(doomed)) {
      if (name.startsWith(BLOB)) {
        unwanted.add(Digest.parse(name.substring(BLOB.length())));
      } else {
        candidates.add(name);
      }
    }
    candidates.removeAll(used);
    candidates.removeIf(cached::needs);
    if (!unwanted.isEmpty()) {
      unwanted.removeAll(usedBlobs.get());
      unwanted.forEach(blobs::remove);
    }
    List<String> removed = removeLeavesFirst(candidates);
    // One that is in the build cache, or that something there rests on, is left to its prune.
    names(doomed).forEach(name -> AtomicFile.delete(doomed.resolve(name)));
    return removed;
  }

  /** Removes every blob that no image uses, and parts of such as were never completed. */
  void collectBlobs(Set<Digest> used) {
    blobs.list().stream().filter(digest -> !used.contains(digest)).forEach(blobs::remove);
    blobs.removeParts();
  }

  private List<String> removeLeavesFirst(Set<String> candidates) {
    List<String> removed = new ArrayList<>();
    boolean progress = !candidates.isEmpty();
    while (progress) {
      progress = false;
      for (String name : List.copyOf(candidates)) {
        try {
          snapshotter.remove(name);
        } catch (ConflictException e) {
          continue; // something rests on it, perhaps another candidate
        }
        candidates.remove(name);
        removed.add(name);
        progress = true;
      }
    }
    return removed;
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
