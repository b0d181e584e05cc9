package io.berth.build;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@link Downloads} keeps, to be looked through and removed. */
final class DownloadedFiles {
  private static final String NOTE = ".json";

  private final Path directory;

  DownloadedFiles(Path directory) {
    this.directory = directory;
  }

  record Entry(Path file, Instant lastUsed, long size) {
    String id() {
      return file.getFileName().toString();
    }
  }

  List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    for (Path file : list()) {
      if (!file.getFileName().toString().endsWith(NOTE)) {
        try {
          Instant used = Files.getLastModifiedTime(file).toInstant();
          all.add(new Entry(file, used, Files.size(file)));
        } catch (IOException e) {
          // Being removed.
        }
      }
    }
    return all;
  }

  /** Removes a file; what the server said of it is worth nothing then. */
  void remove(Entry entry) {
    AtomicFile.delete(entry.file());
    for (Path note : list()) {
      if (note.getFileName().toString().endsWith(NOTE) && says(note, entry.id())) {
        AtomicFile.delete(note);
      }
    }
  }

  private static boolean says(Path note, String digest) {
    return AtomicFile.read(note)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8).contains(digest))
        .orElse(false);
  }

  private List<Path> list() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
