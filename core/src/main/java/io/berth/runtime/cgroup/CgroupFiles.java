package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes the small files of cgroup trees. */
final class CgroupFiles {
  private CgroupFiles() {}

  /** One write(2), never creating the file: what does not exist is not supported. */
  static void write(Path file, String value) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
      stream.write(value.getBytes(StandardCharsets.US_ASCII));
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      // A group that is being removed answers ENODEV.
      if (!Files.exists(file)) {
        return "";
      }
      throw new BerthException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  static void makeShared(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /** Removes a group and those in it; the files in it are the kernel's and go by themselves. */
  static void removeTree(Path directory) throws IOException {
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(
            directory, path -> Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS))) {
      for (Path child : children) {
        removeTree(child);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      throw new IOException(directory + " was filled while it was removed", e);
    }
  }
}
