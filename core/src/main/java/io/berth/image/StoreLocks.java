package io.berth.image;

import io.berth.error.StorageException;
import io.berth.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The two locks of the image store. Whoever takes both takes {@code lock} first, and waits for
 * {@code lease} never.
 */
final class StoreLocks {
  private final Path lock;
  private final Path lease;

  StoreLocks(Path directory) {
    this.lock = directory.resolve("lock");
    this.lease = directory.resolve("lease");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
  }

  /** Does something alone with the names and records of images. */
  <T> T exclusively(Supplier<T> work) {
    FileLock held = FileLock.exclusive(lock);
    try {
      return work.get();
    } finally {
      held.close();
    }
  }

  /** Does something alone with the layers; nothing, and empty, when somebody works with them. */
  <T> Optional<T> unlessLeased(Supplier<T> work) {
    Optional<FileLock> held = FileLock.tryExclusive(lease);
    if (held.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(work.get());
    } finally {
      held.get().close();
    }
  }

  /** Among those who work with layers; waits while layers are being removed. */
  FileLock shareLease() {
    return FileLock.shared(lease);
  }
}
