package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The results of steps as files, to be looked through: which were used last, and for what. */
final class StepRecords {
  private final Path directory;

  StepRecords(Path directory) {
    this.directory = directory;
  }

  /**
   * @param snapshot that it made, if it made one
   */
  record Entry(Path file, Optional<String> snapshot, Instant lastUsed) {
    String id() {
      return file.getFileName().toString();
    }
  }

  /** All of them, the least recently used first. */
  List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    for (Path group : list(directory)) {
      for (Path file : list(group)) {
        read(file).ifPresent(all::add);
      }
    }
    all.sort(Comparator.comparing(Entry::lastUsed));
    return all;
  }

  private static Optional<Entry> read(Path file) {
    Optional<byte[]> bytes = AtomicFile.read(file);
    try {
      Instant time = Files.getLastModifiedTime(file).toInstant();
      return bytes.map(
          b ->
              new Entry(
                  file,
                  StepResult.parse(b).layer().map(layer -> layer.chainId().toString()),
                  time));
    } catch (InvalidInputException e) {
      return Optional.of(new Entry(file, Optional.empty(), Instant.EPOCH)); // damaged
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot look at " + file + ": " + e, e);
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(path -> !path.getFileName().toString().startsWith(".")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
