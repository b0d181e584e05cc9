package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.FileStatus.FileId;
import io.berth.linux.OpenFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes changed files as tar entries. A directory that is only on the way to a change is held back
 * until the change comes.
 */
final class ChangeWriter {
  private final TarWriter tar;
  private final Map<FileId, String> linked = new HashMap<>();
  private final Deque<TarEntry> heldBack = new ArrayDeque<>();
  private final byte[] bytes = new byte[128 << 10];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);

  ChangeWriter(TarWriter tar) {
    this.tar = tar;
  }

  /** Begins a directory whose entry is written when something inside it is, or on demand. */
  TarEntry holdBack(String path, FileStatus status, SortedMap<String, byte[]> xattrs) {
    TarEntry entry = entry(TarType.DIRECTORY, path, status, "", xattrs);
    heldBack.addLast(entry);
    return entry;
  }

  /** Ends a directory; it is left out if it is still held back and not changed itself. */
  void end(TarEntry directory, boolean changed) throws IOException {
    if (changed) {
      release();
    }
    if (isHeldBack(directory)) {
      heldBack.removeLast();
    }
  }

  boolean isHeldBack(TarEntry directory) {
    return !heldBack.isEmpty() && heldBack.peekLast() == directory;
  }

  void release() throws IOException {
    while (!heldBack.isEmpty()) {
      tar.begin(heldBack.removeFirst());
    }
  }

  void whiteout(String directory, String name) throws IOException {
    release();
    String path = EntryPaths.join(directory, EntryPaths.WHITEOUT + name);
    tar.begin(TarEntry.of(TarType.REGULAR, path, 0));
  }

  void opaque(String directory) throws IOException {
    release();
    String path = EntryPaths.join(directory, EntryPaths.OPAQUE);
    tar.begin(TarEntry.of(TarType.REGULAR, path, 0));
  }

  /** Writes anything but a directory. Sockets are left out: they mean nothing without a process. */
  void file(
      Fd parent, String name, String path, FileStatus status, SortedMap<String, byte[]> xattrs)
      throws IOException {
    Optional<TarType> type = type(status);
    if (type.isEmpty()) {
      return;
    }
    release();
    String target = status.isSymlink() ? FileCalls.readlink(parent, name) : "";
    TarEntry entry = entry(type.get(), path, status, target, xattrs);
    if (status.links() > 1) {
      String first = linked.putIfAbsent(status.id(), path);
      if (first != null) {
        tar.begin(entry.asHardLink(first));
        return;
      }
    }
    if (status.isRegular()) {
      try (Fd file = FileCalls.open(parent, name, OpenFlags.RDONLY | OpenFlags.NOFOLLOW, 0, 0)) {
        tar.begin(entry);
        content(file, path, status.size());
      }
    } else {
      tar.begin(entry);
    }
  }

  /** Copies the data and writes zeros for the holes, which are not read. */
  private void content(Fd file, String path, long size) throws IOException {
    long offset = 0;
    while (offset < size) {
      long data = size <= bytes.length ? offset : FileIo.nextData(file, offset, size);
      tar.writeZeros(data - offset);
      long hole = size <= bytes.length ? size : FileIo.nextHole(file, data, size);
      if (data > 0 || hole < size || size > bytes.length) {
        FileIo.seek(file, data);
      }
      copy(file, path, hole - data);
      offset = hole;
    }
  }

  private void copy(Fd file, String path, long length) throws IOException {
    for (long left = length; left > 0; ) {
      direct.clear().limit((int) Math.min(bytes.length, left));
      int n = FileIo.read(file, direct);
      if (n == 0) {
        throw new StorageException(
            path + " became shorter while it was read; stop what writes to it and try again");
      }
      direct.flip().get(bytes, 0, n);
      tar.write(bytes, 0, n);
      left -= n;
    }
  }

  void finish() throws IOException {
    tar.finish();
  }

  /** The attributes that travel: not overlayfs's own, and not labels of this host's policy. */
  static SortedMap<String, byte[]> attributes(SortedMap<String, byte[]> found) {
    SortedMap<String, byte[]> all = new TreeMap<>(found);
    all.keySet()
        .removeIf(
            each ->
                WhiteoutStyle.isPrivate(each)
                    || each.equals("security.selinux")
                    || each.indexOf('=') >= 0); // PAX ends a key at the first equals sign
    return all;
  }

  private static Optional<TarType> type(FileStatus status) {
    return switch (status.type()) {
      case REGULAR -> Optional.of(TarType.REGULAR);
      case SYMLINK -> Optional.of(TarType.SYMLINK);
      case CHARACTER_DEVICE -> Optional.of(TarType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> Optional.of(TarType.BLOCK_DEVICE);
      case FIFO -> Optional.of(TarType.FIFO);
      case DIRECTORY, SOCKET, UNKNOWN -> Optional.empty();
    };
  }

  private static TarEntry entry(
      TarType type,
      String path,
      FileStatus status,
      String target,
      SortedMap<String, byte[]> xattrs) {
    Instant mtime = status.mtime();
    return new TarEntry(
        type,
        path.isEmpty() ? "./" : path,
        target,
        status.mode(),
        status.uid(),
        status.gid(),
        status.isRegular() ? status.size() : 0,
        mtime,
        status.rdevMajor(),
        status.rdevMinor(),
        xattrs,
        Optional.empty());
  }
}
