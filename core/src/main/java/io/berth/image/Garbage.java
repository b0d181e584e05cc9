package io.berth.image;

import io.berth.error.ConflictException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.layers.SnapshotInfo;
import io.berth.layers.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is to be removed as soon as nobody works with layers: snapshots of removed images, in {@code
 * doomed/}, and unfinished snapshots of dead processes, in {@code work/}; each an empty file of its
 * name. The caller of the removing methods holds the store's lock and the lease alone.
 */
final class Garbage {
  private final Path doomed;
  private final Path work;
  private final Snapshotter snapshotter;

  Garbage(Path directory, Snapshotter snapshotter) {
    this.doomed = directory.resolve("doomed");
    this.work = directory.resolve("work");
    this.snapshotter = snapshotter;
  }

  Path work() {
    return work;
  }

  /** Notes snapshots that are to go unless an image uses them. */
  void doom(Collection<String> snapshots) {
    // A colon is safe in the names of Linux files.
    snapshots.forEach(name -> AtomicFile.write(doomed.resolve(name), new byte[0]));
  }

  boolean isEmpty() {
    return names(doomed).isEmpty() && names(work).isEmpty();
  }

  /**
   * Removes what was noted.
   *
   * @param used the snapshots that images rest on
   * @return the committed snapshots that were removed
   */
  List<String> collect(Set<String> used) {
    for (String key : names(work)) {
      snapshotter.remove(key);
      AtomicFile.delete(work.resolve(key));
    }
    Set<String> candidates = new HashSet<>(names(doomed));
    candidates.removeAll(used);
    List<String> removed = removeLeavesFirst(candidates);
    // One that something else rests on, such as a step in the build cache, is left to prune.
    names(doomed).forEach(name -> AtomicFile.delete(doomed.resolve(name)));
    return removed;
  }

  /** Removes every layer that no image uses, and that nothing else rests on. */
  List<String> collectAll(Set<String> used) {
    collect(used);
    Set<String> candidates = new HashSet<>();
    for (SnapshotInfo snapshot : snapshotter.list()) {
      if (snapshot.committed() && !used.contains(snapshot.key())) {
        candidates.add(snapshot.key());
      }
    }
    return removeLeavesFirst(candidates);
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
