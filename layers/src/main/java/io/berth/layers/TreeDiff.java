package io.berth.layers;

import io.berth.layers.tar.TarEntry;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The changes between two whole trees, the second of which began as a copy of the first. */
final class TreeDiff {
  private final Instant copied;
  private final ChangeSink out;

  /**
   * @param copied when the copy was complete: a file not touched since is as it was
   */
  TreeDiff(Instant copied, ChangeSink out) {
    this.copied = copied;
    this.out = out;
  }

  void write(Optional<Fd> before, Fd now) throws IOException {
    FileStatus status = StatusCalls.stat(now);
    boolean changed =
        before
            .map(old -> !Statuses.sameOwner(StatusCalls.stat(old), status))
            .orElse(status.mode() != 0755 || status.uid() != 0 || status.gid() != 0);
    if (changed) {
      SortedMap<String, byte[]> all = Xattrs.all(now, "");
      out.holdBack("", OwnerNote.restore(now, status, all), ChangeWriter.attributes(all));
      out.release();
    }
    directory(before, now, "");
    out.finish();
  }

  private void directory(Optional<Fd> before, Fd now, String path) throws IOException {
    Set<String> present = names(now);
    Set<String> past = before.map(TreeDiff::names).orElseGet(TreeSet::new);
    Set<String> all = new TreeSet<>(present);
    all.addAll(past);
    for (String name : all) {
      if (present.contains(name)) {
        entry(before.filter(old -> past.contains(name)), now, name, EntryPaths.join(path, name));
      } else {
        out.whiteout(path, name);
      }
    }
  }

  private static Set<String> names(Fd directory) {
    return FileCalls.list(directory).stream()
        .map(DirEntry::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void entry(Optional<Fd> before, Fd now, String name, String path) throws IOException {
    FileStatus status = StatusCalls.stat(now, name);
    SortedMap<String, byte[]> all = Xattrs.all(now, name);
    SortedMap<String, byte[]> attributes = ChangeWriter.attributes(all);
    FileStatus told = OwnerNote.restore(now, status, all);
    Optional<FileStatus> was = before.map(dir -> StatusCalls.stat(dir, name));
    boolean changed =
        was.isEmpty() || !unchanged(before.get(), was.get(), now, status, name, attributes);
    if (!status.isDirectory()) {
      if (changed) {
        out.file(now, name, path, told, attributes);
      }
      return;
    }
    TarEntry entry = out.holdBack(path, told, attributes);
    boolean wasDirectory = was.map(FileStatus::isDirectory).orElse(false);
    try (Fd child = FileCalls.openForListing(now, name)) {
      if (wasDirectory) {
        try (Fd childBefore = FileCalls.openForListing(before.get(), name)) {
          directory(Optional.of(childBefore), child, path);
        }
      } else {
        directory(Optional.empty(), child, path);
      }
    }
    out.end(entry, changed && out.isHeldBack(entry));
  }

  private boolean unchanged(
      Fd before,
      FileStatus was,
      Fd now,
      FileStatus is,
      String name,
      SortedMap<String, byte[]> attributes)
      throws IOException {
    if (!Statuses.same(was, is)
        || !Statuses.same(ChangeWriter.attributes(Xattrs.all(before, name)), attributes)) {
      return false;
    }
    if (is.isSymlink()) {
      return FileCalls.readlink(before, name).equals(FileCalls.readlink(now, name));
    }
    // Size and time can be kept by whoever changes a file, but nobody can set back its ctime.
    boolean sure = !is.isRegular() || is.ctime().isBefore(copied);
    return sure || sameContent(before, now, name);
  }

  private static boolean sameContent(Fd before, Fd now, String name) throws IOException {
    int flags = OpenFlags.RDONLY | OpenFlags.NOFOLLOW;
    try (InputStream a = FileIo.inputStream(FileCalls.open(before, name, flags, 0, 0));
        InputStream b = FileIo.inputStream(FileCalls.open(now, name, flags, 0, 0))) {
      byte[] one = new byte[64 << 10];
      byte[] other = new byte[64 << 10];
      while (true) {
        int n = a.readNBytes(one, 0, one.length);
        int m = b.readNBytes(other, 0, other.length);
        if (n != m || !Arrays.equals(one, 0, n, other, 0, n)) {
          return false;
        }
        if (n == 0) {
          return true;
        }
      }
    }
  }
}
