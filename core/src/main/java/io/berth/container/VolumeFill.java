package io.berth.container;

import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.layers.TreeCopy;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import io.berth.linux.StatusCalls;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    FileRights access = root.fd().access();
    // Two containers that come to a volume at once fill it once.
    try (FileLock lock = FileLock.exclusive(volume.resolveSibling("fill.lock"));
        Fd from = root.openDirectory(target)) {
      if (!FileCalls.list(access.cwd(), volume.toString()).isEmpty()) {
        return;
      }
      Trees.remove(access, beside);
      Files.createDirectory(beside);
      try {
        copy(from, access, beside);
        move(access, beside, volume);
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EXDEV) {
          throw e;
        }
        copy(from, access, volume); // something is mounted there
      } finally {
        Trees.remove(access, beside);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot copy " + target + " into volume " + volume + ": " + e, e);
    }
  }

  /**
   * Moves all that is in a directory to another, which stays the same one, since containers may
   * have it mounted. What they write meanwhile is not replaced.
   */
  private static void move(FileRights access, Path from, Path to) {
    try (Fd source = FileCalls.openForListing(access.cwd(), from.toString());
        Fd target = FileCalls.openForListing(access.cwd(), to.toString())) {
      for (DirEntry each : FileCalls.list(source)) {
        try {
          FileCalls.rename(source, each.name(), target, each.name(), FileCalls.RENAME_NOREPLACE);
        } catch (SystemCallException e) {
          if (e.errno() != Errno.EEXIST) {
            throw e;
          }
        }
      }
      FileStatus status = StatusCalls.stat(source);
      StatusCalls.chown(target, status.uid(), status.gid());
      StatusCalls.chmod(target, status.mode());
    }
  }

  private static void copy(Fd from, FileRights access, Path to) {
    try (Fd target = FileCalls.openForListing(access.cwd(), to.toString())) {
      TreeCopy.copy(from, target);
    }
  }
}
