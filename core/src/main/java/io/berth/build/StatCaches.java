package io.berth.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The stat caches of contexts. Those that were used last stay in memory, and are taken from there
 * while their files are as they were. Thread-safe.
 */
final class StatCaches {
  private static final int MOST_HELD = 4;

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
    if (known != null && version.isPresent() && known.version().equals(version)) {
      return known.cache();
    }
    StatCache loaded = StatCache.load(directory, context);
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
