package io.berth.linux;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.file.Path;

/** Work on whole directory trees. */
public final class Trees {
  private Trees() {}

  /** Removes a file or a directory with all in it; an absent one is fine. Follows no symlink. */
  public static void remove(Fd dir, String name) {
    try {
      FileCalls.unlink(dir, name);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return;
      }
      if (e.errno() != Errno.EISDIR && e.errno() != Errno.EPERM) {
        throw e;
      }
      if (!StatusCalls.statIfPresent(dir, name).map(FileStatus::isDirectory).orElse(true)) {
        throw e; // EPERM of an immutable file
      }
      removeDirectory(dir, name);
    }
  }

  /** Removes what an absolute path of the host names. */
  public static void remove(Path path) {
    remove(Fd.CWD, path.toString());
  }

  /** The same where some of it may belong to the ids of a user namespace. */
  public static void remove(FileRights access, Path path) {
    remove(access.cwd(), path.toString());
  }

  private static void removeDirectory(Fd dir, String name) {
    try {
      empty(dir, name);
      FileCalls.rmdir(dir, name);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private static void empty(Fd dir, String name) {
    try (Fd fd = openWritable(dir, name)) {
      for (DirEntry entry : FileCalls.list(fd)) {
        if (entry.type() == FileType.DIRECTORY) {
          removeDirectory(fd, entry.name());
        } else {
          remove(fd, entry.name());
        }
      }
    }
  }

  /** Overlayfs leaves a work directory of mode 0, which only root may enter as it is. */
  private static Fd openWritable(Fd dir, String name) {
    try {
      return FileCalls.openForListing(dir, name);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EACCES) {
        throw e;
      }
      // Held by a descriptor: a symlink that takes its place must not lead to another file.
      int flags = OpenFlags.PATH | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW;
      try (Fd held = FileCalls.open(dir, name, flags, 0, 0)) {
        StatusCalls.chmod(Fd.CWD, held.procPath(), 0700);
      }
      return FileCalls.openForListing(dir, name);
    }
  }
}
