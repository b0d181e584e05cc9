package io.berth.linux;

import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A directory tree, such as a container's root file system, held by a descriptor. Every path is
 * resolved inside it by the kernel ({@code openat2(2)} with RESOLVE_IN_ROOT): absolute symlinks
 * start at this root and {@code ..} stops there, as in a chroot, even while others change the tree.
 *
 * <pre>{@code
 * try (RootDir root = RootDir.open(rootfs)) {
 *   try (InputStream in = root.read("/etc/passwd")) { ... }
 *   root.makeDirectories("/srv/www", Metadata.of(0755, 0, 0));
 *   root.write("/srv/www/index.html", in, Metadata.of(0644, 33, 33));
 * }
 * }</pre>
 *
 * <p>Paths may begin with {@code /} or not. Whoever opens it closes it; streams may outlive it.
 */
public final class RootDir implements AutoCloseable {
  private static final int IN_ROOT = OpenFlags.RESOLVE_IN_ROOT | OpenFlags.RESOLVE_NO_MAGICLINKS;
  private static final int MAX_LINKS = 40;

  private final Fd root;
  private final String description;
  private final boolean readOnly;

  private RootDir(Fd root, String description, boolean readOnly) {
    this.root = root;
    this.description = description;
    this.readOnly = readOnly;
  }

  /** Opens a directory of the host. */
  public static RootDir open(Path directory) {
    return open(FileRights.direct(), directory);
  }

  /** Opens a directory of the host; writes are refused. */
  public static RootDir openReadOnly(Path directory) {
    return openReadOnly(FileRights.direct(), directory);
  }

  /** Opens a directory of the host with certain rights. */
  public static RootDir open(FileRights access, Path directory) {
    return of(access.openDirectory(directory), directory.toString(), false);
  }

  /** Opens a directory of the host with certain rights; writes are refused. */
  public static RootDir openReadOnly(FileRights access, Path directory) {
    return of(access.openDirectory(directory), directory.toString(), true);
  }

  /**
   * Takes over a descriptor of a directory, such as a detached mount.
   *
   * @param description what it is, for messages
   */
  public static RootDir of(Fd owned, String description, boolean readOnly) {
    return new RootDir(owned, description, readOnly);
  }

  /** The descriptor, still owned by this. */
  public Fd fd() {
    return root;
  }

  /** Opens a regular file for reading; a device or FIFO in a hostile image is not opened. */
  public InputStream read(String path) {
    try (Fd found = require(path, OpenFlags.PATH)) {
      FileStatus status = StatusCalls.stat(found);
      if (!status.isRegular()) {
        throw new InvalidInputException(
            "Not a regular file: " + path + " in " + description + " is a " + status.type());
      }
      return FileIo.inputStream(FileCalls.reopen(found, OpenFlags.RDONLY));
    }
  }

  /**
   * Creates or replaces a file: it is written under another name and moved into place. A symlink at
   * the path is replaced, not followed; {@link #resolve} first to follow it.
   */
  public void write(String path, InputStream content, Metadata metadata) throws IOException {
    try (Slot slot = slot(path)) {
      String temporary = temporaryName();
      boolean done = false;
      try {
        int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;
        Fd fd = FileCalls.open(slot.parent, temporary, flags, 0600, 0);
        try (OutputStream out = FileIo.outputStream(fd)) {
          content.transferTo(out);
          out.flush();
          StatusCalls.chown(fd, metadata.uid(), metadata.gid());
          StatusCalls.chmod(fd, metadata.mode());
          metadata.mtime().ifPresent(time -> StatusCalls.setModified(fd, time));
        }
        move(slot, temporary, path);
        done = true;
      } finally {
        if (!done) {
          Trees.remove(slot.parent, temporary);
        }
      }
    }
  }

  private void move(Slot slot, String temporary, String path) {
    try {
      FileCalls.rename(slot.parent, temporary, slot.parent, slot.name, 0);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EISDIR) {
        throw new ConflictException(
            "Cannot write the file " + path + " in " + description + ": it is a directory", e);
      }
      throw e;
    }
  }

  /**
   * Makes a directory and those above it that are absent; the metadata is for the created ones.
   * What exists, also through symlinks, stays as it is.
   */
  public void makeDirectories(String path, Metadata metadata) {
    checkWritable(path);
    makeDirectories(path, metadata, 0);
  }

  private void makeDirectories(String path, Metadata metadata, int links) {
    Optional<Fd> there = find(path, OpenFlags.PATH);
    if (there.isPresent()) {
      try (Fd fd = there.get()) {
        if (!StatusCalls.stat(fd).isDirectory()) {
          throw new ConflictException(
              "Cannot make the directory " + path + " in " + description + ": a file is there");
        }
        return;
      }
    }
    PathParts parts = PathParts.of(path);
    makeDirectories(parts.parent(), metadata, links);
    try (Slot slot = slot(path)) {
      try {
        FileCalls.mkdir(slot.parent, slot.name, 0700);
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
        makeLinkTarget(slot, parts, metadata, links, e);
        return;
      }
      try (Fd made = FileCalls.openForListing(slot.parent, slot.name)) {
        StatusCalls.chown(made, metadata.uid(), metadata.gid());
        StatusCalls.chmod(made, metadata.mode());
        metadata.mtime().ifPresent(time -> StatusCalls.setModified(made, time));
      }
    }
  }

  /**
   * A dangling symlink stands where a directory is wanted: make what it points to, in this root.
   */
  private void makeLinkTarget(
      Slot slot, PathParts parts, Metadata metadata, int links, SystemCallException taken) {
    FileStatus status = StatusCalls.stat(slot.parent, slot.name);
    if (status.isDirectory()) {
      return; // somebody else made it
    }
    if (!status.isSymlink() || links == MAX_LINKS) {
      throw taken;
    }
    String target = FileCalls.readlink(slot.parent, slot.name);
    makeDirectories(
        target.startsWith("/") ? target : parts.parent() + "/" + target, metadata, links + 1);
  }

  /** Makes a symlink; its name must be free. */
  public void symlink(String path, String target, long uid, long gid, Optional<Instant> mtime) {
    try (Slot slot = slot(path)) {
      FileCalls.symlink(target, slot.parent, slot.name);
      StatusCalls.chown(slot.parent, slot.name, uid, gid);
      mtime.ifPresent(time -> StatusCalls.setModified(slot.parent, slot.name, time));
    }
  }

  /** The target of a symlink, as it is written. */
  public String readlink(String path) {
    try (Slot slot = parent(path)) {
      return FileCalls.readlink(slot.parent, slot.name);
    }
  }

  /** What a path leads to, symlinks followed. */
  public Optional<FileStatus> stat(String path) {
    return find(path, OpenFlags.PATH).map(RootDir::statAndClose);
  }

  /** What a path names: a symlink itself. */
  public Optional<FileStatus> statNoFollow(String path) {
    return find(path, OpenFlags.PATH | OpenFlags.NOFOLLOW).map(RootDir::statAndClose);
  }

  public boolean exists(String path) {
    return stat(path).isPresent();
  }

  /**
   * Opens a directory, symlinks followed, so that it can be listed and its entries reached.
   *
   * @throws NotFoundException when there is no such directory
   */
  public Fd openDirectory(String path) {
    return require(path, OpenFlags.DIRECTORY);
  }

  /** The entries of a directory, sorted by name. */
  public List<DirEntry> list(String path) {
    try (Fd fd = require(path, OpenFlags.DIRECTORY)) {
      List<DirEntry> entries = FileCalls.list(fd);
      entries.sort(Comparator.comparing(DirEntry::name));
      return entries;
    }
  }

  /** Removes a file, a symlink, or a directory with all in it; an absent one is fine. */
  public void remove(String path) {
    checkWritable(path);
    PathParts parts = PathParts.of(path);
    Optional<Fd> parent = find(parts.parent(), OpenFlags.PATH | OpenFlags.DIRECTORY);
    if (parent.isPresent()) {
      try (Fd fd = parent.get()) {
        Trees.remove(fd, parts.name());
      }
    }
  }

  /** Changes owner and mode of what a path leads to. */
  public void setMetadata(String path, Metadata metadata) {
    checkWritable(path);
    try (Fd found = require(path, OpenFlags.PATH)) {
      // An O_PATH descriptor cannot be changed itself; its magic link leads to the very same file.
      StatusCalls.chown(found, "", metadata.uid(), metadata.gid());
      StatusCalls.chmodHeld(found, metadata.mode());
      metadata.mtime().ifPresent(time -> StatusCalls.setModifiedHeld(found, time));
    }
  }

  /** The extended attributes of what a path names, symlinks not followed. */
  public SortedMap<String, byte[]> xattrs(String path) {
    try (Slot slot = parent(path)) {
      return Xattrs.all(slot.parent, slot.name);
    }
  }

  public void setXattr(String path, String attribute, byte[] value) {
    try (Slot slot = slot(path)) {
      Xattrs.set(slot.parent, slot.name, attribute, value);
    }
  }

  /**
   * The path, inside this root, that a path leads to: absolute, without symlinks and dots.
   * Components at the end that do not exist are kept.
   */
  public String resolve(String path) {
    return resolve(path, 0);
  }

  private String resolve(String path, int links) {
    Optional<Fd> found = find(path, OpenFlags.PATH);
    if (found.isPresent()) {
      try (Fd fd = found.get()) {
        return inside(fd);
      }
    }
    PathParts parts = PathParts.of(path);
    String parent = resolve(parts.parent(), links);
    String joined = parent.equals("/") ? "/" + parts.name() : parent + "/" + parts.name();
    if (links < MAX_LINKS && statNoFollow(joined).map(FileStatus::isSymlink).orElse(false)) {
      String target = readlink(joined);
      return resolve(target.startsWith("/") ? target : parent + "/" + target, links + 1);
    }
    return joined;
  }

  private String inside(Fd fd) {
    String top = FileCalls.readlink(Fd.CWD, root.procPath());
    String full = FileCalls.readlink(Fd.CWD, fd.procPath());
    if (full.equals(top)) {
      return "/";
    }
    String prefix = top.equals("/") ? "" : top;
    if (!full.startsWith(prefix + "/")) {
      throw new StorageException(
          "Cannot tell the path of " + full + " in " + description + ": it was moved or removed");
    }
    return full.substring(prefix.length());
  }

  @Override
  public void close() {
    root.close();
  }

  @Override
  public String toString() {
    return description;
  }

  private Fd require(String path, int flags) {
    return find(path, flags)
        .orElseThrow(() -> new NotFoundException("No such file: " + path + " in " + description));
  }

  private Optional<Fd> find(String path, int flags) {
    return FileCalls.openIfPresent(root, path.isEmpty() ? "/" : path, flags, IN_ROOT);
  }

  private Slot slot(String path) {
    checkWritable(path);
    return parent(path);
  }

  private Slot parent(String path) {
    PathParts parts = PathParts.of(path);
    return new Slot(require(parts.parent(), OpenFlags.PATH | OpenFlags.DIRECTORY), parts.name());
  }

  private void checkWritable(String path) {
    if (readOnly) {
      throw new SystemCallException("write", path + " in " + description, Errno.EROFS);
    }
  }

  private static FileStatus statAndClose(Fd fd) {
    try (fd) {
      return StatusCalls.stat(fd);
    }
  }

  private static String temporaryName() {
    return ".berth-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  /** A name in a directory that is held open. */
  private record Slot(Fd parent, String name) implements AutoCloseable {
    @Override
    public void close() {
      parent.close();
    }
  }

  /** A path split before its last component, which names an entry: not the root, nor dots. */
  private record PathParts(String parent, String name) {
    static PathParts of(String path) {
      int end = path.length();
      while (end > 0 && path.charAt(end - 1) == '/') {
        end--;
      }
      int slash = path.lastIndexOf('/', end - 1);
      String name = path.substring(slash + 1, end);
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new InvalidInputException("Expected a path that ends in a name, found: " + path);
      }
      return new PathParts(slash <= 0 ? "/" : path.substring(0, slash), name);
    }
  }
}
