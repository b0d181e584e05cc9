package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The directories that entries go into, held open: most entries of a tar share the parent of the
 * one before. A symlink on the way is followed only while it stays beneath the root
 * (RESOLVE_BENEATH).
 */
final class ParentDirs implements AutoCloseable {
  private static final int MAX_OPEN = 64;
  private static final int BENEATH = OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_MAGICLINKS;

  private final Fd root;
  private final Map<String, Fd> open = new LinkedHashMap<>(16, 0.75f, true);

  ParentDirs(Fd root) {
    this.root = root;
  }

  /** The directory, or the root's descriptor for the empty path; null-free: throws when absent. */
  Fd get(String path, String entry) {
    Fd cached = path.isEmpty() ? root : open.get(path);
    if (cached != null) {
      return cached;
    }
    try {
      Fd fd = FileCalls.open(root, path, OpenFlags.PATH | OpenFlags.DIRECTORY, 0, BENEATH);
      put(path, fd);
      return fd;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EXDEV || e.errno() == Errno.ELOOP) {
        throw leadsOut(path, entry);
      }
      throw e;
    }
  }

  private InvalidInputException leadsOut(String path, String entry) {
    return new InvalidInputException(
        "Tar entry "
            + entry
            + " goes through the symlink "
            + firstLink(path)
            + ", which leads out of the root; the archive is hostile or damaged");
  }

  /** For the message: the first component of a path that is a symlink, with its target. */
  private String firstLink(String path) {
    String prefix = "";
    for (String part : path.split("/")) {
      prefix = EntryPaths.join(prefix, part);
      int flags = OpenFlags.PATH | OpenFlags.NOFOLLOW;
      try (Fd fd = FileCalls.open(root, prefix, flags, 0, OpenFlags.RESOLVE_BENEATH)) {
        FileStatus status = StatusCalls.stat(fd);
        if (status.isSymlink()) {
          return prefix + " -> " + FileCalls.readlink(fd, "");
        }
      } catch (SystemCallException e) {
        return prefix;
      }
    }
    return path;
  }

  private void put(String path, Fd fd) {
    open.put(path, fd);
    if (open.size() > MAX_OPEN) {
      Iterator<Fd> eldest = open.values().iterator();
      eldest.next().close();
      eldest.remove();
    }
  }

  /** To be called when a directory or symlink was taken away: paths may lead elsewhere now. */
  void forget() {
    open.values().forEach(Fd::close);
    open.clear();
  }

  @Override
  public void close() {
    forget();
  }
}
