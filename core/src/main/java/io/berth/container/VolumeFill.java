package io.berth.container;

import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.layers.TreeCopy;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileLock;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Copies what an image has at a path into an empty volume, with owner and mode of the directory.
 */
final class VolumeFill {
  private VolumeFill() {}

  /** Whether there is a directory. */
  static boolean isWanted(RootDir root, String target) {
    return root.stat(target).map(FileStatus::isDirectory).orElse(false);
  }

  @SuppressWarnings("try") // the lock is held, not used
  static void fill(RootDir root, String target, Path volume) {
    Path beside = volume.resolveSibling(volume.getFileName() + ".filling");
    // Two containers that come to a volume at once fill it once.
    try (FileLock lock = FileLock.exclusive(volume.resolveSibling("fill.lock"));
        Fd from = root.openDirectory(target)) {
      if (!isEmpty(volume)) {
        return;
      }
      Trees.remove(beside);
      Files.createDirectory(beside);
      try {
        copy(from, beside);
        move(beside, volume);
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EXDEV) {
          throw e;
        }
        copy(from, volume); // something is mounted there
      } finally {
        Trees.remove(beside);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot copy " + target + " into volume " + volume + ": " + e, e);
    }
  }

  /**
   * Moves all that is in a directory to another, which stays the same one, since containers may
   * have it mounted. What they write meanwhile is not replaced.
   */
  private static void move(Path from, Path to) {
    try (Fd source = FileCalls.openForListing(Fd.CWD, from.toString());
        Fd target = FileCalls.openForListing(Fd.CWD, to.toString())) {
      for (DirEntry each : FileCalls.list(source)) {
        try {
          FileCalls.rename(source, each.name(), target, each.name(), FileCalls.RENAME_NOREPLACE);
        } catch (SystemCallException e) {
          if (e.errno() != Errno.EEXIST) {
            throw e;
          }
        }
      }
      FileStatus status = FileCalls.stat(source);
      FileCalls.chown(target, status.uid(), status.gid());
      FileCalls.chmod(target, status.mode());
    }
  }

  private static void copy(Fd from, Path to) {
    try (Fd target = FileCalls.openForListing(Fd.CWD, to.toString())) {
      TreeCopy.copy(from, target);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }
}
