package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.tar.TarEntry;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.RootDir;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The changes that an overlayfs upper directory holds: its whiteouts and opaque marks become those
 * of the OCI image-spec (layer.md, "Representing Changes").
 */
final class OverlayDiff {
  private final Fd root;
  private final Lower lower;
  private final boolean fuse;
  private final ChangeSink out;

  /**
   * @param fuse whether fuse-overlayfs may have written it, which has marks of its own
   */
  OverlayDiff(Fd root, Lower lower, boolean fuse, ChangeSink out) {
    this.root = root;
    this.lower = lower;
    this.fuse = fuse;
    this.out = out;
  }

  void write() throws IOException {
    FileStatus status = FileCalls.stat(root);
    SortedMap<String, byte[]> all = Xattrs.all(root, "");
    SortedMap<String, byte[]> attributes = ChangeWriter.attributes(all);
    TarEntry entry = out.holdBack("", OwnerNote.restore(root, status, all), attributes);
    boolean changed = rootChanged(status, attributes);
    if (changed) {
      out.release();
    } else {
      out.end(entry, false); // children must not bring it along
    }
    checkWhole("/", all);
    directory(root, "", isOpaque(all));
    out.finish();
  }

  private boolean rootChanged(FileStatus status, SortedMap<String, byte[]> attributes) {
    Optional<FileStatus> below = lower.root().flatMap(root -> root.stat("/"));
    if (below.isPresent()) {
      return !Statuses.sameOwner(status, below.get());
    }
    return status.mode() != 0755 || status.uid() != 0 || status.gid() != 0 || !attributes.isEmpty();
  }

  private void directory(Fd dir, String path, boolean opaque) throws IOException {
    List<DirEntry> entries = FileCalls.list(dir);
    boolean marked = fuse && entries.removeIf(each -> each.name().equals(EntryPaths.OPAQUE));
    if (opaque || marked) {
      out.opaque(path);
    }
    entries.sort(Comparator.comparing(DirEntry::name));
    for (DirEntry each : entries) {
      entry(dir, path, each.name());
    }
  }

  private void entry(Fd dir, String directory, String name) throws IOException {
    String path = EntryPaths.join(directory, name);
    FileStatus status = FileCalls.stat(dir, name);
    if (isWhiteoutDevice(status)) {
      out.whiteout(directory, name);
      return;
    }
    if (fuse && name.startsWith(EntryPaths.WHITEOUT)) {
      out.whiteout(directory, name.substring(EntryPaths.WHITEOUT.length()));
      return;
    }
    SortedMap<String, byte[]> all = Xattrs.all(dir, name);
    checkWhole(path, all);
    if (status.isRegular() && status.size() == 0 && has(all, "whiteout")) {
      out.whiteout(directory, name);
      return;
    }
    SortedMap<String, byte[]> attributes = ChangeWriter.attributes(all);
    if (!status.isDirectory()) {
      out.file(dir, name, path, OwnerNote.restore(dir, status, all), attributes);
      return;
    }
    boolean opaque = isOpaque(all);
    TarEntry entry = out.holdBack(path, OwnerNote.restore(dir, status, all), attributes);
    try (Fd child = FileCalls.openForListing(dir, name)) {
      directory(child, path, opaque);
    }
    out.end(entry, out.isHeldBack(entry) && changed(path, status, attributes));
  }

  private static boolean isWhiteoutDevice(FileStatus status) {
    return status.type() == FileType.CHARACTER_DEVICE
        && status.rdevMajor() == 0
        && status.rdevMinor() == 0;
  }

  /** The value {@code x} means that whiteouts inside are files with an attribute. */
  private static boolean isOpaque(SortedMap<String, byte[]> all) {
    return isYes(all.get("trusted.overlay.opaque"))
        || isYes(all.get("user.overlay.opaque"))
        || isYes(all.get("user.fuseoverlayfs.opaque"));
  }

  private static boolean isYes(byte[] value) {
    return value != null && value.length == 1 && value[0] == 'y';
  }

  private static boolean has(SortedMap<String, byte[]> all, String attribute) {
    return all.containsKey("trusted.overlay." + attribute)
        || all.containsKey("user.overlay." + attribute);
  }

  private static void checkWhole(String path, SortedMap<String, byte[]> all) {
    for (String attribute : List.of("redirect", "metacopy")) {
      if (has(all, attribute)) {
        throw new StorageException(
            "Cannot read the changes of "
                + path
                + ": overlayfs kept only a part of it (attribute "
                + attribute
                + "); mount with redirect_dir=off,metacopy=off");
      }
    }
  }

  /** Whether an empty directory of the upper says anything that the lower one does not. */
  private boolean changed(String path, FileStatus status, SortedMap<String, byte[]> attributes) {
    Optional<RootDir> below = lower.root();
    Optional<FileStatus> there = below.flatMap(root -> root.statNoFollow(path));
    return there.isEmpty()
        || !Statuses.same(status, there.get())
        || !Statuses.same(attributes, ChangeWriter.attributes(below.get().xattrs(path)));
  }
}
