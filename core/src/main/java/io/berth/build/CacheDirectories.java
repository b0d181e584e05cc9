package io.berth.build;

import io.berth.error.StorageException;
import io.berth.layers.DiskUsage;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of {@code RUN --mount=type=cache}, to be looked through and removed. */
final class CacheDirectories {
  private static final String RECORD = "mount.json";

  private final FileRights access;
  private final Path directory;

  CacheDirectories(FileRights access, Path directory) {
    this.access = access;
    this.directory = directory;
  }

  record Entry(Path directory, Instant lastUsed, long size) {
    String id() {
      return directory.getFileName().toString();
    }
  }

  List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    for (Path each : list(directory)) {
      try {
        Instant time = Files.getLastModifiedTime(each.resolve(RECORD)).toInstant();
        List<Path> filled =
            list(each).stream().map(i -> i.resolve("data")).filter(Files::isDirectory).toList();
        if (!filled.isEmpty()) {
          all.add(
              new Entry(each, time, filled.stream().mapToLong(d -> DiskUsage.of(access, d)).sum()));
        }
      } catch (IOException e) {
        // Being made, or being removed.
      }
    }
    return all;
  }

  /** Removes what is in one, unless a step has it; the locks stay, since others may wait there. */
  boolean remove(Entry entry) {
    boolean all = true;
    for (Path instance : list(entry.directory())) {
      if (!Files.isDirectory(instance)) {
        continue;
      }
      Optional<FileLock> lock = FileLock.tryExclusive(instance.resolve("lock"));
      if (lock.isEmpty()) {
        all = false;
        continue;
      }
      try (FileLock held = lock.get()) {
        Trees.remove(access, instance.resolve("data"));
      }
    }
    return all;
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
