package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileRights;
import io.berth.linux.FileStatus;
import io.berth.linux.FileStatus.FileId;
import io.berth.linux.StatusCalls;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How much space files take: each counted once, whatever links to it, and holes not at all. */
public final class DiskUsage {
  private final Set<FileId> linked = new HashSet<>();
  private long bytes;

  private DiskUsage() {}

  /** Bytes of a directory and all that is in it; 0 when it is not there. */
  public static long of(FileRights access, Path directory) {
    DiskUsage usage = new DiskUsage();
    try (Fd fd = FileCalls.openForListing(access.cwd(), directory.toString())) {
      usage.directory(fd);
    } catch (SystemCallException e) {
      ignoreGone(e);
    }
    return usage.bytes;
  }

  private void directory(Fd directory) {
    bytes += StatusCalls.stat(directory).allocated();
    for (DirEntry each : FileCalls.list(directory)) {
      try {
        entry(directory, each.name());
      } catch (SystemCallException e) {
        ignoreGone(e);
      }
    }
  }

  private void entry(Fd directory, String name) {
    FileStatus status = StatusCalls.stat(directory, name);
    if (status.isDirectory()) {
      try (Fd child = FileCalls.openForListing(directory, name)) {
        directory(child);
      }
    } else if (status.links() == 1 || linked.add(status.id())) {
      bytes += status.allocated();
    }
  }

  private static void ignoreGone(SystemCallException e) {
    if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
      throw e;
    }
  }
}
