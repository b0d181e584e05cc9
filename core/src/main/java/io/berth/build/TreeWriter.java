package io.berth.build;

import io.berth.dockerfile.GoPaths;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.layers.FileExtractor;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.linux.Trees;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Writes files into a root file system. Directories on the way may be links, which are followed as
 * a process in that root would follow them, and so never out of it; the last name of a path is
 * never followed, but replaced.
 */
final class TreeWriter implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;
  private static final int MOST_LINKS = 40;

  private static final int BUFFER = 128 << 10;
  private static final long LARGE = 1 << 20;

  private final Fd root;
  private final OpenParents parents;
  private final FileExtractor extractor = new FileExtractor();
  private ByteBuffer buffer;

  TreeWriter(Fd root) {
    this.root = root;
    this.parents = OpenParents.in(root);
  }

  boolean isDirectory(String path) {
    Optional<Fd> fd =
        FileCalls.openIfPresent(
            root, inside(path), OpenFlags.PATH | OpenFlags.DIRECTORY, OpenFlags.RESOLVE_IN_ROOT);
    fd.ifPresent(Fd::close);
    return fd.isPresent();
  }

  /** Whether there is anything at a path, links followed. */
  boolean exists(String path) {
    Optional<Fd> fd =
        FileCalls.openIfPresent(root, inside(path), OpenFlags.PATH, OpenFlags.RESOLVE_IN_ROOT);
    fd.ifPresent(Fd::close);
    return fd.isPresent();
  }

  /** Whether a path is a directory with nothing in it. */
  boolean isEmpty(String path) {
    if (!isDirectory(path)) {
      return false;
    }
    try (Fd fd = openDirectory(path)) {
      return FileCalls.list(fd).isEmpty();
    }
  }

  /** Removes whatever has a name, with all below it. */
  void remove(String path) {
    parents.close();
    try (Fd parent = parent(path)) {
      Trees.remove(parent, name(path));
    }
  }

  /** The path that a link stands for, inside of this tree; another path as it is. */
  String followed(String path) {
    String at = path;
    for (int links = 0; links < MOST_LINKS; links++) {
      int slash = at.lastIndexOf('/');
      String above = slash <= 0 ? "/" : at.substring(0, slash);
      Optional<Fd> parent =
          FileCalls.openIfPresent(
              root, above, OpenFlags.PATH | OpenFlags.DIRECTORY, OpenFlags.RESOLVE_IN_ROOT);
      if (parent.isEmpty()) {
        return at;
      }
      try (Fd open = parent.get()) {
        String name = at.substring(slash + 1);
        if (!StatusCalls.statIfPresent(open, name).map(FileStatus::isSymlink).orElse(false)) {
          return at;
        }
        String target = FileCalls.readlink(open, name);
        at = target.startsWith("/") ? target : above + "/" + target;
        at = GoPaths.clean("/" + at);
      }
    }
    throw new InvalidInputException("Too many levels of symbolic links in " + path);
  }

  /** Makes a directory and those above it, where they are missing; whether it made any. */
  boolean makeDirectories(String path, Ownership.Ids owner) {
    return makeDirectories(path, owner, DIRECTORY_MODE);
  }

  boolean makeDirectories(String path, Ownership.Ids owner, int mode) {
    if (isDirectory(path)) {
      return false;
    }
    boolean made = false;
    StringBuilder here = new StringBuilder();
    for (String part : path.split("/")) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      here.append('/').append(part);
      if (!isDirectory(here.toString())) {
        makeDirectory(here.toString(), mode, owner);
        made = true;
      }
    }
    return made;
  }

  /**
   * Makes one directory, unless there is one or a link to one.
   *
   * @return whether it was made
   */
  boolean makeDirectory(String path, int mode, Ownership.Ids owner) {
    if (isDirectory(path)) {
      return false;
    }
    try (Fd parent = parent(path)) {
      String name = name(path);
      try {
        FileCalls.mkdir(parent, name, 0700);
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
        throw new InvalidInputException(
            "Cannot make the directory " + path + ": a file or dangling link of that name exists",
            e);
      }
    }
    setDirectory(path, mode, owner);
    return true;
  }

  /** Sets mode and owner of a directory. */
  void setDirectory(String path, int mode, Ownership.Ids owner) {
    try (Fd fd = openDirectory(path)) {
      StatusCalls.chown(fd, owner.uid(), owner.gid());
      StatusCalls.chmod(fd, mode);
    }
  }

  void setModified(String path, Instant time) {
    try (Fd fd = openDirectory(path)) {
      StatusCalls.setModified(fd, time);
    }
  }

  /** Writes a regular file in place of whatever has its name. */
  void file(
      String path,
      Fd content,
      long size,
      int mode,
      Ownership.Ids owner,
      Instant time,
      SortedMap<String, byte[]> attributes) {
    create(path, mode, owner, time, to -> copy(content, to, size), attributes);
  }

  /** Writes a regular file from a stream, which is read to its end. */
  void file(String path, InputStream content, int mode, Ownership.Ids owner, Instant time) {
    create(
        path,
        mode,
        owner,
        time,
        to -> {
          // Not closed: that would close the descriptor before its times are set.
          OutputStream out = FileIo.outputStream(to);
          content.transferTo(out);
          out.flush();
        },
        Collections.emptySortedMap());
  }

  /** Writes the present entry of an archive, with its holes. */
  void file(String path, TarReader tar, TarEntry entry, int mode, Ownership.Ids owner) {
    create(
        path,
        mode,
        owner,
        entry.mtime(),
        to -> extractor.extract(tar, entry, to),
        Collections.emptySortedMap());
  }

  void symlink(String path, String target, Ownership.Ids owner, Instant time) {
    try (Fd parent = parent(path)) {
      String name = name(path);
      clear(parent, name, path);
      FileCalls.symlink(target, parent, name);
      StatusCalls.chown(parent, name, owner.uid(), owner.gid());
      StatusCalls.setModified(parent, name, time);
    }
  }

  /** One more name for a file that is there. */
  void hardLink(String path, String existing) {
    try (Fd parent = parent(path);
        Fd from = parent(existing)) {
      String name = name(path);
      clear(parent, name, path);
      FileCalls.link(from, name(existing), parent, name);
    }
  }

  /** A device, FIFO or socket. */
  void special(String path, FileType type, int mode, Ownership.Ids owner, int major, int minor) {
    try (Fd parent = parent(path)) {
      String name = name(path);
      clear(parent, name, path);
      FileCalls.mknod(parent, name, type, mode, major, minor);
      StatusCalls.chown(parent, name, owner.uid(), owner.gid());
      // Made just now, so no link; the umask of this process may have taken bits from the mode.
      StatusCalls.chmod(parent, name, mode);
    }
  }

  /** Gives a file or directory extended attributes, as {@link #copied} has them. */
  void setAttributes(String path, SortedMap<String, byte[]> attributes) {
    if (!attributes.isEmpty()) {
      try (Fd parent = parent(path)) {
        String name = name(path);
        attributes.forEach((attribute, value) -> Xattrs.set(parent, name, attribute, value));
      }
    }
  }

  /**
   * The extended attributes that go along with a file: not overlayfs's own, and not labels of this
   * host's policy.
   */
  static SortedMap<String, byte[]> copied(Fd dir, String name) {
    SortedMap<String, byte[]> all = Xattrs.all(dir, name);
    all.keySet()
        .removeIf(
            each ->
                each.startsWith("trusted.overlay.")
                    || each.startsWith("user.overlay.")
                    || each.equals("security.selinux"));
    return all;
  }

  private void create(
      String path,
      int mode,
      Ownership.Ids owner,
      Instant time,
      Content content,
      SortedMap<String, byte[]> attributes) {
    Fd parent = parents.of(path);
    String name = name(path);
    try (Fd to = create(parent, name, path)) {
      content.writeTo(to);
      StatusCalls.chown(to, owner.uid(), owner.gid());
      // After chown, which clears setuid and setgid.
      StatusCalls.chmod(to, mode);
      attributes.forEach((attribute, value) -> Xattrs.set(parent, name, attribute, value));
      StatusCalls.setModified(to, time);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  private static Fd create(Fd parent, String name, String path) {
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;
    try {
      return FileCalls.open(parent, name, flags, 0600, 0);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      clear(parent, name, path);
      return FileCalls.open(parent, name, flags, 0600, 0);
    }
  }

  private void copy(Fd from, Fd to, long size) throws IOException {
    long left = size;
    // The kernel shares the blocks of a large file, where it can.
    while (left >= LARGE) {
      long n = FileIo.copyRange(from, to, left);
      if (n <= 0) {
        break;
      }
      left -= n;
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER);
    }
    while (left > 0) {
      buffer.clear().limit((int) Math.min(left, BUFFER));
      int n = FileIo.read(from, buffer);
      if (n <= 0) {
        break; // became shorter meanwhile
      }
      FileIo.writeFully(to, buffer.flip());
      left -= n;
    }
  }

  /** Removes what has a name, unless it is a directory. */
  private static void clear(Fd parent, String name, String path) {
    Optional<FileStatus> there = StatusCalls.statIfPresent(parent, name);
    if (there.isPresent() && there.get().isDirectory()) {
      throw new InvalidInputException("Cannot write the file " + path + ": it is a directory");
    }
    if (there.isPresent()) {
      FileCalls.unlink(parent, name);
    }
  }

  private Fd parent(String path) {
    int slash = path.lastIndexOf('/');
    return openDirectory(slash <= 0 ? "/" : path.substring(0, slash));
  }

  private Fd openDirectory(String path) {
    int flags = OpenFlags.DIRECTORY | OpenFlags.RDONLY;
    return FileCalls.open(root, inside(path), flags, 0, OpenFlags.RESOLVE_IN_ROOT);
  }

  private static String name(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new InvalidInputException("Not the name of a file: " + path);
    }
    return name;
  }

  private static String inside(String path) {
    return path.isEmpty() ? "/" : path;
  }

  /** Ends the use of the directory that was written to last. */
  @Override
  public void close() {
    parents.close();
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(Fd file) throws IOException;
  }
}
