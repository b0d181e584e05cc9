package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.FileStatus.FileId;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes changed files as tar entries. */
final class ChangeWriter extends ChangeSink {
  private final TarWriter tar;
  private final boolean live;
  private final Map<FileId, String> linked = new HashMap<>();
  private final byte[] bytes = new byte[128 << 10];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);

  ChangeWriter(TarWriter tar) {
    this(tar, false);
  }

  /**
   * @param live whether others write to the files meanwhile: one that becomes shorter is filled up
   *     with zeros, one that goes is left out
   */
  ChangeWriter(TarWriter tar, boolean live) {
    this.tar = tar;
    this.live = live;
  }

  @Override
  void directory(TarEntry entry) throws IOException {
    tar.begin(entry);
  }

  @Override
  void whiteout(String directory, String name) throws IOException {
    release();
    String path = EntryPaths.join(directory, EntryPaths.WHITEOUT + name);
    tar.begin(TarEntry.of(TarType.REGULAR, path, 0));
  }

  @Override
  void opaque(String directory) throws IOException {
    release();
    String path = EntryPaths.join(directory, EntryPaths.OPAQUE);
    tar.begin(TarEntry.of(TarType.REGULAR, path, 0));
  }

  /** Sockets are left out: they mean nothing without a process. */
  @Override
  void file(
      Fd parent, String name, String path, FileStatus status, SortedMap<String, byte[]> xattrs)
      throws IOException {
    file(parent, name, path, status, xattrs, Optional.empty());
  }

  @Override
  boolean readsContent() {
    return true;
  }

  @Override
  void file(
      Fd parent,
      String name,
      String path,
      FileStatus status,
      SortedMap<String, byte[]> xattrs,
      Optional<Fd> content)
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
    if (content.isPresent()) {
      tar.begin(entry);
      content(content.get(), path, status.size());
    } else if (status.isRegular()) {
      try (Fd file = live ? openLive(parent, name, status) : open(parent, name)) {
        tar.begin(entry);
        content(file, path, status.size());
      }
    } else {
      tar.begin(entry);
    }
  }

  private static Fd open(Fd parent, String name) {
    return FileCalls.open(parent, name, OpenFlags.RDONLY | OpenFlags.NOFOLLOW, 0, 0);
  }

  /** Never opens what has been put in the file's place: a FIFO would block, a device may act. */
  private static Fd openLive(Fd parent, String name, FileStatus expected) {
    try (Fd held = FileCalls.open(parent, name, OpenFlags.PATH | OpenFlags.NOFOLLOW, 0, 0)) {
      if (!StatusCalls.stat(held).id().equals(expected.id())) {
        throw new SystemCallException("open", name, Errno.ENOENT);
      }
      return FileCalls.reopen(held, OpenFlags.RDONLY);
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
      if (n == 0 && live) {
        tar.writeZeros(left);
        return;
      }
      if (n == 0) {
        throw new StorageException(
            path + " became shorter while it was read; stop what writes to it and try again");
      }
      direct.flip().get(bytes, 0, n);
      tar.write(bytes, 0, n);
      left -= n;
    }
  }

  @Override
  void finish() throws IOException {
    tar.finish();
  }

  /** The attributes that travel: not overlayfs's own, and not labels of this host's policy. */
  static SortedMap<String, byte[]> attributes(Fd parent, String name) {
    return attributes(Xattrs.all(parent, name));
  }

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

  static TarEntry entry(
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
