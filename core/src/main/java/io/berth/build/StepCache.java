package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.internal.AtomicFile;
import io.berth.oci.Digest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The results of steps by their key, one small file each: {@code steps/ab/abcd…}. A result is a
 * claim only; whether its snapshot still exists is for the reader to check.
 */
final class StepCache {
  private final Path directory;

  StepCache(Path directory) {
    this.directory = directory;
  }

  Optional<StepResult> find(Digest key) {
    Optional<byte[]> bytes = AtomicFile.read(file(key));
    try {
      return bytes.map(StepResult::parse);
    } catch (InvalidInputException e) {
      // Damaged, by a full disk or a power cut: as good as absent, and soon replaced.
      return Optional.empty();
    }
  }

  void put(Digest key, StepResult result) {
    AtomicFile.write(file(key), result.toBytes());
  }

  private Path file(Digest key) {
    return directory.resolve(key.hex().substring(0, 2)).resolve(key.hex());
  }
}
