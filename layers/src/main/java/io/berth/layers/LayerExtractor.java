package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.linux.Trees;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Applies a layer tar to a directory (OCI image-spec, layer.md, "Applying Changesets"). Nothing is
 * written outside the directory, whatever the archive says.
 */
final class LayerExtractor {
  private static final int NEW_FILE =
      OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;

  private final LayerTree tree;
  private final FileExtractor files = new FileExtractor();
  // Paths that this layer brought, and those above them: its own whiteouts do not hide them.
  private final Set<String> brought = new HashSet<>();

  private boolean rootSeen;

  LayerExtractor(LayerTree tree) {
    this.tree = tree;
  }

  /** Extracts all entries; whether the root itself was among them. */
  boolean extract(InputStream in) throws IOException {
    TarReader tar = new TarReader(in);
    for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
      extract(tar, e.get());
    }
    tree.finish();
    return rootSeen;
  }

  private void extract(TarReader tar, TarEntry entry) throws IOException {
    String path = EntryPaths.of(entry.name());
    if (path.isEmpty()) {
      extractRoot(entry);
      return;
    }
    EntryPaths.checkNoWhiteoutDirectory(path);
    if (EntryPaths.name(path).startsWith(EntryPaths.WHITEOUT)) {
      applyWhiteout(path);
      return;
    }
    Fd parent = tree.parentOf(path, entry.name());
    String name = EntryPaths.name(path);
    switch (entry.type()) {
      case DIRECTORY -> {
        tree.openDirectoryAt(parent, name, path);
        setAttributes(parent, name, entry);
        OwnerNote.keep(parent, name, entry);
        tree.directoryTime(path, entry.mtime());
      }
      case REGULAR -> extractFile(tar, entry, parent, name);
      case HARD_LINK -> link(entry, path);
      case SYMLINK -> {
        tree.clear(parent, name);
        FileCalls.symlink(entry.linkName(), parent, name);
        setAttributes(parent, name, entry);
        StatusCalls.setModified(parent, name, entry.mtime());
      }
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
        makeNode(entry, parent, name);
        setAttributes(parent, name, entry);
        StatusCalls.setModified(parent, name, entry.mtime());
      }
    }
    if (!tree.style().isOverlay()) {
      remember(path);
    }
  }

  private void remember(String path) {
    String at = path;
    while (!at.isEmpty() && brought.add(at)) {
      at = EntryPaths.parent(at);
    }
  }

  private void extractRoot(TarEntry entry) {
    rootSeen = true;
    if (entry.type() != TarType.DIRECTORY) {
      throw new InvalidInputException(
          "Tar entry " + entry.name() + " names the root, but is a " + entry.type());
    }
    StatusCalls.chown(tree.root(), entry.uid(), entry.gid());
    StatusCalls.chmod(tree.root(), OwnerNote.mode(tree.root(), entry));
    OwnerNote.keep(tree.root(), "", entry);
    setXattrs(tree.root(), "", entry);
    tree.directoryTime("", entry.mtime());
  }

  private void extractFile(TarReader tar, TarEntry entry, Fd parent, String name)
      throws IOException {
    try (Fd file = create(parent, name)) {
      files.extract(tar, entry, file);
      StatusCalls.chown(file, entry.uid(), entry.gid());
      // After chown, which takes setuid away.
      StatusCalls.chmod(file, OwnerNote.mode(parent, entry));
      OwnerNote.keep(parent, name, entry);
      setXattrs(parent, name, entry);
      StatusCalls.setModified(file, entry.mtime());
    }
  }

  private Fd create(Fd parent, String name) {
    try {
      return FileCalls.open(parent, name, NEW_FILE, 0600, 0);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      tree.clear(parent, name);
      return FileCalls.open(parent, name, NEW_FILE, 0600, 0);
    }
  }

  private void link(TarEntry entry, String path) {
    String what = entry.name() + " (hard link to " + entry.linkName() + ")";
    String target = EntryPaths.of(entry.linkName(), what);
    if (target.isEmpty() || target.equals(path)) {
      throw new InvalidInputException(
          "Tar entry " + entry.name() + " is a hard link to " + entry.linkName() + ": not a file");
    }
    Fd from =
        tree.holderOf(target, what)
            .or(() -> tree.copyUp(target, what))
            .orElseThrow(() -> missing(entry));
    String targetName = EntryPaths.name(target);
    FileStatus status = StatusCalls.stat(from, targetName);
    if (tree.isWhiteout(status)) {
      throw missing(entry);
    }
    if (status.isDirectory()) {
      throw new InvalidInputException("Tar entry " + what + ": that is a directory");
    }
    Fd parent = tree.parentOf(path, entry.name());
    String name = EntryPaths.name(path);
    tree.clear(parent, name);
    // Clearing may have closed the descriptors, and may even have taken the target away.
    Fd source = tree.holderOf(target, what).orElseThrow(() -> missing(entry));
    FileCalls.link(source, targetName, tree.parentOf(path, entry.name()), name);
  }

  private static InvalidInputException missing(TarEntry entry) {
    return new InvalidInputException(
        "Tar entry "
            + entry.name()
            + " is a hard link to "
            + entry.linkName()
            + ", which is neither in this layer nor below");
  }

  private void makeNode(TarEntry entry, Fd parent, String name) {
    FileType type =
        switch (entry.type()) {
          case CHARACTER_DEVICE -> FileType.CHARACTER_DEVICE;
          case BLOCK_DEVICE -> FileType.BLOCK_DEVICE;
          default -> FileType.FIFO;
        };
    if (type == FileType.CHARACTER_DEVICE && entry.devMajor() == 0 && entry.devMinor() == 0) {
      throw new InvalidInputException(
          "Tar entry "
              + entry.name()
              + " is the character device 0/0, overlayfs's whiteout; layers write whiteouts as "
              + EntryPaths.WHITEOUT
              + EntryPaths.name(EntryPaths.of(entry.name())));
    }
    tree.clear(parent, name);
    if (type != FileType.FIFO && !parent.access().isDirect()) {
      OwnerNote.makeDevice(parent, name, type, entry); // the kernel allows none in user namespaces
    } else {
      FileCalls.mknod(parent, name, type, 0600, entry.devMajor(), entry.devMinor());
      OwnerNote.keep(parent, name, entry);
    }
  }

  private static void setAttributes(Fd parent, String name, TarEntry entry) {
    StatusCalls.chown(parent, name, entry.uid(), entry.gid());
    if (entry.type() != TarType.SYMLINK) {
      StatusCalls.chmod(parent, name, OwnerNote.mode(parent, entry));
    }
    setXattrs(parent, name, entry);
  }

  private static void setXattrs(Fd parent, String name, TarEntry entry) {
    entry
        .xattrs()
        .forEach(
            (attribute, value) -> {
              if (WhiteoutStyle.isPrivate(attribute)) {
                return; // would let a layer hide or redirect what overlayfs shows
              }
              try {
                Xattrs.set(parent, name, attribute, value);
              } catch (SystemCallException e) {
                // What this file system cannot keep, or nobody may set in a user namespace.
                boolean refused = e.errno() == Errno.EPERM && !parent.access().isDirect();
                if (e.errno() != Errno.ENOTSUP && !refused) {
                  throw e;
                }
              }
            });
  }

  private void applyWhiteout(String path) {
    String directory = EntryPaths.parent(path);
    if (EntryPaths.name(path).equals(EntryPaths.OPAQUE)) {
      makeOpaque(directory, path);
      return;
    }
    String name = EntryPaths.hidden(path);
    String hidden = EntryPaths.join(directory, name);
    Fd parent = tree.directory(directory, path);
    Optional<FileStatus> there = StatusCalls.statIfPresent(parent, name);
    if (!tree.style().isOverlay()) {
      if (there.isPresent() && !brought.contains(hidden)) {
        tree.clear(parent, name);
      } else if (there.map(FileStatus::isDirectory).orElse(false)) {
        removeOthers(parent, name, hidden);
      }
    } else if (there.map(FileStatus::isDirectory).orElse(false)) {
      tree.hideLower(parent, name, hidden);
    } else if (there.isEmpty() && tree.hasLower()) {
      FileCalls.mknod(parent, name, FileType.CHARACTER_DEVICE, 0, 0, 0);
    }
  }

  private void makeOpaque(String directory, String entry) {
    Fd fd = tree.directory(directory, entry);
    if (tree.style().isOverlay()) {
      if (directory.isEmpty()) {
        tree.hideLower(tree.root(), "", "");
      } else {
        tree.hideLower(tree.parentOf(directory, entry), EntryPaths.name(directory), directory);
      }
    } else {
      removeOthers(fd, "", directory);
    }
  }

  /** Removes what lower layers brought into a directory, and keeps what this one did. */
  private void removeOthers(Fd parent, String name, String path) {
    try (Fd fd = FileCalls.openForListing(parent, name.isEmpty() ? "." : name)) {
      for (DirEntry each : FileCalls.list(fd)) {
        String child = EntryPaths.join(path, each.name());
        if (!brought.contains(child)) {
          Trees.remove(fd, each.name());
        } else if (StatusCalls.stat(fd, each.name()).isDirectory()) {
          removeOthers(fd, each.name(), child);
        }
      }
    }
  }
}
