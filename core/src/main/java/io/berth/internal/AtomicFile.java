package io.berth.internal;

import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * State files that a reader sees whole or not at all: written under a temporary name, then renamed.
 * What a killed writer leaves behind is removed by {@link #removeLeftovers}.
 */
public final class AtomicFile {
  private static final String TEMPORARY = ".tmp-";

  private AtomicFile() {}

  /** Replaces the file, making its directory when it is missing. */
  public static void write(Path file, byte[] content) {
    try {
      Path directory = file.getParent();
      Path temporary = createTemporary(directory);
      try {
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(temporary);
        throw e;
      }
    } catch (IOException e) {
      throw new StorageException(
          "Cannot write " + file + ": " + e + "; check the space and the rights there", e);
    }
  }

  /** The content, or empty when there is no such file. */
  public static Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** Removes the file if it is there. */
  public static boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + file + ": " + e, e);
    }
  }

  /** Removes temporary files that are so old that their writer must be dead. */
  public static void removeLeftovers(Path directory) {
    FileTime limit = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith(TEMPORARY)
            && Files.getLastModifiedTime(file).compareTo(limit) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing there, or another process was faster.
    } catch (IOException e) {
      throw new StorageException("Cannot clean " + directory + ": " + e, e);
    }
  }

  private static Path createTemporary(Path directory) throws IOException {
    try {
      return Files.createTempFile(directory, TEMPORARY, "");
    } catch (NoSuchFileException e) {
      try {
        Files.createDirectories(directory);
      } catch (FileAlreadyExistsException other) {
        throw e;
      }
      return Files.createTempFile(directory, TEMPORARY, "");
    }
  }
}
