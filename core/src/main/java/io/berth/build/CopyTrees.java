package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.oci.Digest;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What copies of many files have made, one file each. It is a help and nothing more: what is
 * absent, damaged or outdated costs a whole copy.
 */
final class CopyTrees {
  private final Path directory;

  CopyTrees(Path directory) {
    this.directory = directory;
  }

  Optional<CopyTree> find(Digest hint) {
    Optional<DataInputStream> kept = SummedFile.read(file(hint));
    try {
      return kept.isPresent() ? Optional.of(CopyTree.parse(kept.get())) : Optional.empty();
    } catch (IOException | InvalidInputException e) {
      return Optional.empty();
    }
  }

  void put(Digest hint, CopyTree tree) {
    try {
      SummedFile.write(file(hint), tree.toBytes());
    } catch (IOException e) {
      throw new StorageException("Cannot encode " + file(hint) + ": " + e, e);
    }
  }

  /** Removes those of some snapshots. */
  void removeIf(Predicate<String> snapshots) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (snapshot(file).map(snapshots::test).orElse(true)) {
          AtomicFile.delete(file);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever put there.
    } catch (IOException e) {
      throw new StorageException("Cannot look through " + directory + ": " + e, e);
    }
  }

  private static Optional<String> snapshot(Path file) {
    Optional<DataInputStream> kept = SummedFile.read(file);
    try {
      return kept.isPresent() ? Optional.of(CopyTree.parseSnapshot(kept.get())) : Optional.empty();
    } catch (IOException | InvalidInputException e) {
      return Optional.empty();
    }
  }

  private Path file(Digest hint) {
    return directory.resolve(hint.hex());
  }
}
