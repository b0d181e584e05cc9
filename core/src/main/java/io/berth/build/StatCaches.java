package io.berth.build;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The stat caches of contexts. Those that were used last stay in memory, and are taken from there
 * while their files are as they were. Thread-safe.
 */
final class StatCaches {
  private static final int MOST_HELD = 4;
  // How exactly a file's time is that of its last use.
  private static final Duration EXACT = Duration.ofDays(1);

  private final Path directory;
  private final Map<Path, Held> held = new LinkedHashMap<>(16, 0.75f, true);

  private record Held(Optional<Object> version, StatCache cache) {}

  StatCaches(Path directory) {
    this.directory = directory;
  }

  synchronized StatCache load(Path context) {
    Path file = StatCache.file(directory, context);
    Held known = held.get(file);
    Optional<Object> version = version(file);
    boolean same = known != null && version.isPresent() && known.version().equals(version);
    if (version.isPresent() && isOld(file)) {
      StepCache.touch(file); // it is in use
      version = version(file);
    }
    StatCache loaded = same ? known.cache() : StatCache.load(directory, context);
    hold(file, new Held(version, loaded));
    return loaded;
  }

  /** Writes what is new in a cache. */
  synchronized void save(StatCache cache) {
    cache
        .file()
        .filter(file -> cache.save())
        .ifPresent(file -> hold(file, new Held(version(file), cache)));
  }

  /**
   * Removes the caches of contexts.
   *
   * @param lastUsed is given about when one was used last
   */
  void removeIf(Predicate<Instant> lastUsed) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (lastUsed.test(used(file))) {
          AtomicFile.delete(file);
        }
      }
    } catch (NoSuchFileException e) {
      // No context was ever read.
    } catch (IOException e) {
      throw new StorageException("Cannot look through " + directory + ": " + e, e);
    }
  }

  private static boolean isOld(Path file) {
    return used(file).isBefore(Instant.now().minus(EXACT));
  }

  private static Instant used(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      return Instant.now(); // being removed
    }
  }

  private void hold(Path file, Held cache) {
    held.put(file, cache);
    if (held.size() > MOST_HELD) {
      held.remove(held.keySet().iterator().next());
    }
  }

  /** A file is replaced, never written to, so another content is another inode. */
  private static Optional<Object> version(Path file) {
    try {
      BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          Map.of(
              "key", status.fileKey(), "time", status.lastModifiedTime(), "size", status.size()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
