package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.RootDir;
import io.berth.linux.StatusCalls;
import io.berth.linux.Trees;
import io.berth.linux.Xattrs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directory that a layer is unpacked into: finds and makes parents, and clears the way for
 * entries. Modification times of directories are set at the end, when nothing changes them any
 * more.
 */
final class LayerTree implements AutoCloseable {
  private static final int MAX_LINKS = 40;
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  private final Fd root;
  private final Lower lower;
  private final WhiteoutStyle style;
  private final ParentDirs parents;
  private final Map<String, Instant> directoryTimes = new LinkedHashMap<>();
  private final Set<String> opaque = new HashSet<>();

  /**
   * @param lower what is merged below by overlayfs, for what entries refer to but do not bring
   *     along
   */
  LayerTree(Fd root, Lower lower, WhiteoutStyle style) {
    this.root = root;
    this.lower = lower;
    this.style = style;
    this.parents = new ParentDirs(root);
  }

  Fd root() {
    return root;
  }

  WhiteoutStyle style() {
    return style;
  }

  boolean hasLower() {
    return lower.isPresent();
  }

  /** The directory that an entry goes into, made when it is absent. */
  Fd parentOf(String path, String entry) {
    return directory(EntryPaths.parent(path), entry, 0);
  }

  Fd directory(String path, String entry) {
    return directory(path, entry, 0);
  }

  private Fd directory(String path, String entry, int links) {
    try {
      return parents.get(path, entry);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
        throw e;
      }
    }
    String name = EntryPaths.name(path);
    Fd parent = directory(EntryPaths.parent(path), entry, links);
    Optional<FileStatus> there = StatusCalls.statIfPresent(parent, name);
    if (there.isPresent() && isWhiteout(there.get())) {
      FileCalls.unlink(parent, name);
      makeDirectory(parent, name);
      hideLower(parent, name, path);
    } else if (there.isPresent() && there.get().isSymlink()) {
      return throughLink(path, FileCalls.readlink(parent, name), entry, links);
    } else if (there.isPresent()) {
      throw new InvalidInputException(
          "Tar entry " + entry + " lies under " + path + ", which is no directory");
    } else {
      Optional<FileStatus> below = lowerStatus(path);
      if (below.map(FileStatus::isSymlink).orElse(false)) {
        String target = lower.root().orElseThrow().readlink(path);
        FileCalls.symlink(target, parent, name);
        copyAttributes(path, below.get(), parent, name);
        return directory(path, entry, links + 1);
      }
      makeDirectory(parent, name);
      if (below.map(FileStatus::isDirectory).orElse(false)) {
        copyAttributes(path, below.get(), parent, name);
        directoryTimes.put(path, below.get().mtime());
      }
    }
    return parents.get(path, entry);
  }

  /** The symlink's target is not here (yet): it may be in a lower layer. */
  private Fd throughLink(String path, String target, String entry, int links) {
    if (target.startsWith("/") || links >= MAX_LINKS) {
      throw new InvalidInputException(
          "Tar entry "
              + entry
              + " goes through the symlink "
              + path
              + " -> "
              + target
              + ", which leads out of the root");
    }
    String real =
        EntryPaths.of(
            EntryPaths.join(EntryPaths.parent(path), target),
            entry + " (through " + path + " -> " + target + ")");
    directory(real, entry, links + 1);
    return parents.get(path, entry);
  }

  private static void makeDirectory(Fd parent, String name) {
    FileCalls.mkdir(parent, name, 0755);
    StatusCalls.chmod(parent, name, 0755);
  }

  private void copyAttributes(String path, FileStatus from, Fd parent, String name) {
    StatusCalls.chown(parent, name, from.uid(), from.gid());
    if (!from.isSymlink()) {
      StatusCalls.chmod(parent, name, from.mode());
    }
    RootDir below = lower.root().orElseThrow();
    below
        .xattrs(path)
        .forEach(
            (attribute, value) -> {
              if (!WhiteoutStyle.isPrivate(attribute) || attribute.equals(OwnerNote.ATTRIBUTE)) {
                Xattrs.set(parent, name, attribute, value);
              }
            });
    if (!from.isDirectory()) {
      StatusCalls.setModified(parent, name, from.mtime());
    }
  }

  /** What the lower layers have at a path, unless this layer hides it. */
  private Optional<FileStatus> lowerStatus(String path) {
    for (String at = EntryPaths.parent(path); !at.isEmpty(); at = EntryPaths.parent(at)) {
      if (opaque.contains(at)) {
        return Optional.empty();
      }
    }
    return opaque.contains("") ? Optional.empty() : lower.root().flatMap(r -> r.statNoFollow(path));
  }

  /** Makes sure that a directory is there for an entry, keeping one that is. */
  void openDirectoryAt(Fd parent, String name, String path) {
    try {
      FileCalls.mkdir(parent, name, 0700);
      return;
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    FileStatus there = StatusCalls.stat(parent, name);
    if (!there.isDirectory()) {
      clear(parent, name, there);
      FileCalls.mkdir(parent, name, 0700);
      if (isWhiteout(there)) {
        hideLower(parent, name, path);
      }
    }
  }

  /** Takes away what an entry replaces. */
  void clear(Fd parent, String name) {
    StatusCalls.statIfPresent(parent, name).ifPresent(there -> clear(parent, name, there));
  }

  private void clear(Fd parent, String name, FileStatus there) {
    if (there.isDirectory()) {
      Trees.remove(parent, name);
    } else {
      FileCalls.unlink(parent, name);
    }
    if (there.isDirectory() || there.isSymlink()) {
      parents.forget();
    }
  }

  /** Marks a directory so that nothing of the lower layers shows through. */
  void hideLower(Fd parent, String name, String path) {
    if (hasLower() && style.isOverlay()) {
      Xattrs.set(parent, name, style.opaqueAttribute(), YES);
    }
    opaque.add(path);
  }

  boolean isWhiteout(FileStatus status) {
    return style.isOverlay()
        && status.type() == FileType.CHARACTER_DEVICE
        && status.rdevMajor() == 0
        && status.rdevMinor() == 0;
  }

  void directoryTime(String path, Instant mtime) {
    directoryTimes.put(path, mtime);
  }

  /** The directory that holds a hard link's target, if both are there to be linked to. */
  Optional<Fd> holderOf(String target, String entry) {
    try {
      Fd parent = parents.get(EntryPaths.parent(target), entry);
      return StatusCalls.statIfPresent(parent, EntryPaths.name(target)).isPresent()
          ? Optional.of(parent)
          : Optional.empty();
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Brings a file of a lower layer here, as overlayfs would, so that it can be linked to. */
  Optional<Fd> copyUp(String path, String entry) {
    Optional<FileStatus> below = lowerStatus(path);
    if (below.isEmpty() || below.get().isDirectory()) {
      return Optional.empty();
    }
    Fd parent = parentOf(path, entry);
    CopyUp.copy(lower.root().orElseThrow(), path, below.get(), parent, EntryPaths.name(path));
    copyAttributes(path, below.get(), parent, EntryPaths.name(path));
    return Optional.of(parent);
  }

  /** Sets the times of directories, of which all are complete now. */
  void finish() {
    directoryTimes.forEach(
        (path, time) -> {
          try {
            if (path.isEmpty()) {
              StatusCalls.setModified(root, time);
            } else {
              Fd parent = parents.get(EntryPaths.parent(path), path);
              StatusCalls.setModified(parent, EntryPaths.name(path), time);
            }
          } catch (SystemCallException e) {
            // A later entry may have replaced the directory or one above it.
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
              throw e;
            }
          }
        });
  }

  @Override
  public void close() {
    parents.close();
  }
}
