package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.image.CachedLayers;
import io.berth.internal.AtomicFile;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * The results of steps by their key, one small file each: {@code steps/ab/abcd…}. A result is a
 * claim only; whether its snapshot still exists is for the reader to check.
 */
final class StepCache {
  private final Path directory;
  private final CachedLayers layers;

  StepCache(Path directory, CachedLayers layers) {
    this.directory = directory;
    this.layers = layers;
  }

  Optional<StepResult> find(Digest key) {
    Optional<byte[]> bytes = AtomicFile.read(file(key));
    bytes.ifPresent(found -> touch(file(key)));
    try {
      return bytes.map(StepResult::parse);
    } catch (InvalidInputException e) {
      // Damaged, by a full disk or a power cut: as good as absent, and soon replaced.
      return Optional.empty();
    }
  }

  /** Its time is that of its last use, by which the cache is kept within bounds. */
  static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      // Removed in this moment, or a full disk: it only goes earlier than it might.
    }
  }

  void put(Digest key, StepResult result) {
    result.layer().ifPresent(layer -> layers.note(layer.chainId().toString()));
    AtomicFile.write(file(key), result.toBytes());
  }

  private Path file(Digest key) {
    return directory.resolve(key.hex().substring(0, 2)).resolve(key.hex());
  }
}
