package io.berth;

import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory that an engine keeps everything in. */
final class DataDirectory {
  private DataDirectory() {}

  /**
   * Makes it where it is not there yet.
   *
   * @param alone whether nobody but its owner may enter it, as an ordinary user's: its files may be
   *     of ids that programs outside take for somebody else
   */
  static void make(Path directory, boolean alone) {
    try {
      Files.createDirectories(directory.getParent() == null ? directory : directory.getParent());
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString(alone ? "rwx------" : "rwxr-xr-x")));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot make the data directory " + directory + ": " + e, e);
    }
  }
}
