package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.tar.TarEntry;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.OpenFlags;
import io.berth.linux.RootDir;
import io.berth.linux.StatusCalls;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * The changes that an overlayfs upper directory holds: its whiteouts and opaque marks become those
 * of the OCI image-spec (layer.md, "Representing Changes").
 */
final class OverlayDiff {
  private final List<Fd> roots;
  private final Fd root;
  private final Lower lower;
  private final boolean fuse;
  private final ChangeSink out;

  /**
   * @param roots the upper directory, and perhaps one below it that counts as a part of it
   * @param fuse whether fuse-overlayfs may have written it, which has marks of its own
   */
  OverlayDiff(List<Fd> roots, Lower lower, boolean fuse, ChangeSink out) {
    this.roots = List.copyOf(roots);
    this.root = roots.get(0);
    this.lower = lower;
    this.fuse = fuse;
    this.out = out;
  }

  void write() throws IOException {
    FileStatus status = StatusCalls.stat(root);
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
    directory(roots, "", isOpaque(all));
    out.finish();
  }

  private boolean rootChanged(FileStatus status, SortedMap<String, byte[]> attributes) {
    Optional<FileStatus> below = lower.root().flatMap(root -> root.stat("/"));
    if (below.isPresent()) {
      return !Statuses.sameOwner(status, below.get());
    }
    return status.mode() != 0755 || status.uid() != 0 || status.gid() != 0 || !attributes.isEmpty();
  }

  /**
   * A name in one of several directories that are merged.
   *
   * @param dirs the directory that it is in, and those below that
   */
  private record Found(List<Fd> dirs, String name, FileStatus status) {
    Fd dir() {
      return dirs.get(0);
    }

    /** What a directory below has under this name. */
    Optional<FileStatus> below() {
      return dirs.size() == 1
          ? Optional.empty()
          : StatusCalls.statIfPresent(dirs.get(1), name).filter(s -> !isWhiteoutDevice(s));
    }
  }

  private void directory(List<Fd> dirs, String path, boolean opaque) throws IOException {
    List<Found> entries = entries(dirs);
    boolean marked = fuse && entries.removeIf(each -> each.name().equals(EntryPaths.OPAQUE));
    if (opaque || marked) {
      out.opaque(path);
    }
    for (Found each : entries) {
      entry(each, path);
    }
  }

  /** All names, each in the uppermost directory that has it, sorted. */
  private static List<Found> entries(List<Fd> dirs) {
    List<Found> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < dirs.size(); i++) {
      List<DirEntry> names = FileCalls.list(dirs.get(i));
      if (dirs.size() > 1) {
        names.removeIf(each -> !seen.add(each.name()));
      }
      List<Optional<FileStatus>> statuses = StatusCalls.statAll(dirs.get(i), names);
      List<Fd> from = dirs.subList(i, dirs.size());
      for (int k = 0; k < names.size(); k++) {
        String name = names.get(k).name();
        FileStatus status = statuses.get(k).orElseThrow(() -> gone(name));
        entries.add(new Found(from, name, status));
      }
    }
    entries.sort(Comparator.comparing(Found::name));
    return entries;
  }

  private static StorageException gone(String name) {
    return new StorageException(
        name + " was removed while it was read; stop what changes the snapshot and try again");
  }

  private void entry(Found found, String directory) throws IOException {
    String name = found.name();
    if (isWhiteoutDevice(found.status())) {
      whiteout(found, directory, name);
    } else if (fuse && name.startsWith(EntryPaths.WHITEOUT)) {
      out.whiteout(directory, name.substring(EntryPaths.WHITEOUT.length()));
    } else if (found.status().isDirectory()) {
      directory(found, EntryPaths.join(directory, name));
    } else if (found.status().isRegular() && out.readsContent()) {
      // Open, its attributes are cheaper to ask for, and it is to be read in any case.
      int flags = OpenFlags.RDONLY | OpenFlags.NOFOLLOW;
      try (Fd file = FileCalls.open(found.dir(), name, flags, 0, 0)) {
        SortedMap<String, byte[]> all =
            Xattrs.any(file) ? Xattrs.all(found.dir(), name) : Collections.emptySortedMap();
        file(found, directory, all, Optional.of(file));
      }
    } else {
      file(found, directory, Xattrs.all(found.dir(), name), Optional.empty());
    }
  }

  private void file(
      Found found, String directory, SortedMap<String, byte[]> all, Optional<Fd> content)
      throws IOException {
    String name = found.name();
    String path = EntryPaths.join(directory, name);
    FileStatus status = found.status();
    checkWhole(path, all);
    if (status.isRegular() && status.size() == 0 && has(all, "whiteout")) {
      whiteout(found, directory, name);
      return;
    }
    FileStatus told = OwnerNote.restore(found.dir(), status, all);
    out.file(found.dir(), name, path, told, ChangeWriter.attributes(all), content);
  }

  /** A mark that hides nothing but what is in the directories merged says nothing. */
  private void whiteout(Found found, String directory, String name) throws IOException {
    if (found.below().isEmpty()) {
      out.whiteout(directory, name);
    }
  }

  private void directory(Found found, String path) throws IOException {
    SortedMap<String, byte[]> all = Xattrs.all(found.dir(), found.name());
    checkWhole(path, all);
    SortedMap<String, byte[]> attributes = ChangeWriter.attributes(all);
    Optional<FileStatus> below = found.below();
    boolean opaque = isOpaque(all);
    FileStatus status = found.status();
    TarEntry entry = out.holdBack(path, OwnerNote.restore(found.dir(), status, all), attributes);
    try (Fd child = FileCalls.openForListing(found.dir(), found.name())) {
      if (!opaque && below.filter(FileStatus::isDirectory).isPresent()) {
        try (Fd merged = FileCalls.openForListing(found.dirs().get(1), found.name())) {
          directory(List.of(child, merged), path, false);
        }
      } else {
        directory(List.of(child), path, opaque && below.isEmpty());
      }
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
