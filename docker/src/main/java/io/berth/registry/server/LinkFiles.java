package io.berth.registry.server;

import io.berth.error.StorageException;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small text files that are there whole or not at all, also after a power cut. */
final class LinkFiles {
  private static final String TEMPORARY = ".tmp-";

  private LinkFiles() {}

  static void write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), TEMPORARY, "");
      try {
        Files.writeString(temporary, content);
        sync(temporary, StandardOpenOption.WRITE);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
      sync(file.getParent(), StandardOpenOption.READ);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Makes an empty file, or makes it as new; {@link #syncDirectory} makes it last. */
  static void mark(Path file) {
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[0]);
      } else {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  static void syncDirectory(Path directory) {
    try {
      if (Files.isDirectory(directory)) {
        sync(directory, StandardOpenOption.READ);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Removes a file; whether it was there. */
  static boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a file was made or marked before some time. */
  static boolean isOlder(Path file, Instant limit) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(limit);
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The digests that the files {@code ALGORITHM/HEX} in a directory are named by. */
  static List<Digest> digests(Path directory) {
    List<Digest> found = new ArrayList<>();
    for (String algorithm : names(directory)) {
      names(directory.resolve(algorithm)).forEach(hex -> found.add(new Digest(algorithm, hex)));
    }
    return found;
  }

  /** The names in a directory, sorted; none when there is no such directory. */
  static List<String> names(Path directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(TEMPORARY)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e.getMessage(), e);
    }
    names.sort(null);
    return names;
  }
}
