package io.berth.layers;

import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.FileStatus.FileId;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.linux.Xattrs;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Copies a tree with all that files have: owners, modes, times, attributes, links and holes. */
public final class TreeCopy {
  private static final int NEW_FILE =
      OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;

  private final Fd targetRoot;
  private final Map<FileId, String> linked = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
  private boolean reflinks = true;

  private TreeCopy(Fd targetRoot) {
    this.targetRoot = targetRoot;
  }

  /** Copies the content and attributes of one directory to another, which is empty. */
  public static void copy(Fd from, Fd to) {
    TreeCopy copy = new TreeCopy(to);
    copy.entries(from, to, "");
    FileStatus status = StatusCalls.stat(from);
    StatusCalls.chown(to, status.uid(), status.gid());
    StatusCalls.chmod(to, status.mode());
    Xattrs.all(from, "").forEach((attribute, value) -> Xattrs.set(to, "", attribute, value));
    StatusCalls.setModified(to, status.mtime());
  }

  private void entries(Fd from, Fd to, String path) {
    for (DirEntry each : FileCalls.list(from)) {
      entry(from, to, each.name(), EntryPaths.join(path, each.name()));
    }
  }

  private void entry(Fd from, Fd to, String name, String path) {
    FileStatus status = StatusCalls.stat(from, name);
    if (status.links() > 1 && !status.isDirectory()) {
      String first = linked.putIfAbsent(status.id(), path);
      if (first != null) {
        FileCalls.link(targetRoot, first, to, name);
        return;
      }
    }
    switch (status.type()) {
      case DIRECTORY -> {
        FileCalls.mkdir(to, name, 0700);
        try (Fd fromChild = FileCalls.openForListing(from, name);
            Fd toChild = FileCalls.openForListing(to, name)) {
          entries(fromChild, toChild, path);
        }
      }
      case REGULAR -> file(from, to, name, status.size());
      case SYMLINK -> FileCalls.symlink(FileCalls.readlink(from, name), to, name);
      default ->
          FileCalls.mknod(to, name, status.type(), 0600, status.rdevMajor(), status.rdevMinor());
    }
    StatusCalls.chown(to, name, status.uid(), status.gid());
    if (!status.isSymlink()) {
      StatusCalls.chmod(to, name, status.mode());
    }
    Xattrs.all(from, name).forEach((attribute, value) -> Xattrs.set(to, name, attribute, value));
    StatusCalls.setModified(to, name, status.mtime());
  }

  private void file(Fd fromDir, Fd toDir, String name, long size) {
    int flags = OpenFlags.RDONLY | OpenFlags.NOFOLLOW;
    try (Fd from = FileCalls.open(fromDir, name, flags, 0, 0);
        Fd to = FileCalls.open(toDir, name, NEW_FILE, 0600, 0)) {
      if (size == 0) {
        return;
      }
      if (reflinks && FileIo.reflink(from, to)) {
        return;
      }
      reflinks = false; // this file system has none: do not ask for every file
      for (long offset = 0; offset < size; ) {
        long data = FileIo.nextData(from, offset, size);
        long hole = FileIo.nextHole(from, data, size);
        FileIo.seek(from, data);
        FileIo.seek(to, data);
        range(from, to, hole - data);
        offset = hole;
      }
      FileIo.truncate(to, size);
    }
  }

  private void range(Fd from, Fd to, long length) {
    long left = length;
    while (left > 0) {
      long n = FileIo.copyRange(from, to, left);
      if (n <= 0) {
        break; // not between these file systems, or the file became shorter
      }
      left -= n;
    }
    while (left > 0) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), left));
      int n = FileIo.read(from, buffer);
      if (n == 0) {
        return;
      }
      FileIo.writeFully(to, buffer.flip());
      left -= n;
    }
  }
}
