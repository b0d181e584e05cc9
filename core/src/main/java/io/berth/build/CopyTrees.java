package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.oci.Digest;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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

  private Path file(Digest hint) {
    return directory.resolve(hint.hex());
  }
}
