package io.berth;

import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** The directory that an engine keeps everything in. */
final class DataDirectory {
  /** What holds files of images and containers, whoever may enter the directory above. */
  private static final List<String> CLOSED =
      List.of("blobs", "cache", "images", "ingest", "snapshots", "volumes");

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  private DataDirectory() {}

  /**
   * Makes it where it is not there yet. Other users may not enter what is in it: a program in an
   * image may be setuid, and a file of a volume may be one that all in its container may read
   * (CVE-2021-41091).
   *
   * @param alone whether the group of its owner may not even pass through, as an ordinary user's:
   *     its files may be of ids that programs outside take for somebody else
   */
  static void make(Path directory, boolean alone) {
    try {
      Files.createDirectories(directory.getParent() == null ? directory : directory.getParent());
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(
                alone ? OWNER : PosixFilePermissions.fromString("rwx--x---")));
      }
      for (String name : CLOSED) {
        close(directory.resolve(name));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot make the data directory " + directory + ": " + e, e);
    }
  }

  private static void close(Path directory) throws IOException {
    Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER));
    if (!Files.getPosixFilePermissions(directory).equals(OWNER)) {
      Files.setPosixFilePermissions(directory, OWNER);
    }
  }
}
