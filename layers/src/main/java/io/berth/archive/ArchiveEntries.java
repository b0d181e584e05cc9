package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The entries of an archive by their names: tables, which are small, and other files. */
final class ArchiveEntries {
  private static final Set<String> TABLES =
      Set.of(
          ArchiveNames.LAYOUT,
          ArchiveNames.INDEX,
          ArchiveNames.MANIFEST,
          ArchiveNames.REPOSITORIES);
  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_LINKS = 8;

  private final Map<String, byte[]> tables = new HashMap<>();
  private final Map<String, ArchiveFile> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  /** Keeps the content of an entry that the reader is at, or says where it is. */
  @FunctionalInterface
  interface Keeper {
    ArchiveFile keep(String name, TarReader tar, TarEntry entry) throws IOException;
  }

  void read(TarReader tar, Keeper keeper) throws IOException {
    int count = 0;
    for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarEntry entry = next.get();
      String name = ArchiveNames.of(entry.name());
      if (++count > MAX_ENTRIES) {
        throw new InvalidInputException(
            "Invalid image archive: it has more than " + MAX_ENTRIES + " entries");
      }
      switch (entry.type()) {
        case DIRECTORY -> {}
        case REGULAR -> file(name, tar, entry, keeper);
        case SYMLINK -> links.put(name, ArchiveNames.target(name, entry.linkName()));
        case HARD_LINK -> links.put(name, ArchiveNames.of(entry.linkName()));
        default ->
            throw new InvalidInputException(
                "Invalid image archive: " + name + " is neither a file nor a directory");
      }
    }
  }

  private void file(String name, TarReader tar, TarEntry entry, Keeper keeper) throws IOException {
    if (tables.containsKey(name) || files.containsKey(name)) {
      throw new InvalidInputException("Invalid image archive: it has " + name + " twice");
    }
    if (TABLES.contains(name)) {
      tables.put(name, SmallFile.read(name, tar.content()));
    } else if (!name.endsWith("/json") && !name.endsWith("/VERSION")) { // of docker before 1.10
      files.put(name, keeper.keep(name, tar, entry));
    }
  }

  Optional<byte[]> table(String name) {
    return Optional.ofNullable(tables.get(name));
  }

  Map<String, ArchiveFile> files() {
    return files;
  }

  /** A file that a table names. */
  ArchiveFile file(String name) {
    String at = ArchiveNames.of(name);
    for (int hops = 0; hops < MAX_LINKS && links.containsKey(at); hops++) {
      at = links.get(at);
    }
    ArchiveFile file = files.get(at);
    if (file == null) {
      throw new InvalidInputException(
          "Invalid image archive: it lacks " + name + ", which manifest.json names");
    }
    return file;
  }
}
