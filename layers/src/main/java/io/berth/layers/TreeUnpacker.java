package io.berth.layers;

import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Unpacks a tar archive into a directory of a tree that others may change meanwhile, as {@code
 * docker cp} does. Nothing is written outside of the tree, whatever the archive says and whoever
 * plays with symlinks: each entry is made by its name in a directory that is held open.
 */
public final class TreeUnpacker {
  private static final int NEW_FILE =
      OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;
  private static final int IMPLIED_MODE = 0755;
  private static final int SET_ID = 06000;

  private final Fd root;
  private final String directory;
  private final int resolve;
  private final Options options;
  private final FileExtractor content = new FileExtractor();
  private final Map<String, Instant> directoryTimes = new LinkedHashMap<>();
  private long bytes;
  private long entries;

  /** A user and a group, by number. */
  public record Owner(long uid, long gid) {}

  /**
   * What to do with what is there, and whose the files become.
   *
   * @param keepKinds whether a file never takes a directory's place, nor a directory a file's
   * @param owner of all files; the archive's own owners when empty
   * @param rights whether files keep what gives rights to who has or runs them: setuid and setgid,
   *     capabilities, and being a device. Without it, a device is an error
   * @param limit what goes beyond is an error
   */
  public record Options(
      boolean keepKinds, Optional<Owner> owner, boolean rights, UnpackLimit limit) {}

  private TreeUnpacker(Fd root, String directory, int resolve, Options options) {
    this.root = root;
    this.directory = directory;
    this.resolve = resolve | OpenFlags.RESOLVE_NO_MAGICLINKS;
    this.options = options;
  }

  /**
   * For a directory in a root file system: symlinks on the way of an entry are followed as a
   * process in that root would.
   *
   * @param directory absolute, in the root
   */
  public static TreeUnpacker inRoot(Fd root, String directory, Options options) {
    return new TreeUnpacker(root, directory, OpenFlags.RESOLVE_IN_ROOT, options);
  }

  /** For a directory of this host, which no entry can leave. */
  public static TreeUnpacker beneath(Fd directory, Options options) {
    return new TreeUnpacker(directory, "", OpenFlags.RESOLVE_BENEATH, options);
  }

  /**
   * Unpacks a plain tar. After an exception the entries before that which it names are there.
   *
   * @throws InvalidInputException when it is broken, goes beyond the limit, or an entry would leave
   *     the directory
   * @throws ConflictException when a file would take a directory's place, where that is not wanted
   */
  public void unpack(InputStream in) throws IOException {
    TarReader tar = new TarReader(in);
    for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
      count(e.get());
      unpack(tar, e.get());
    }
    // Last, since writing into a directory changes its time.
    for (Map.Entry<String, Instant> each : directoryTimes.entrySet()) {
      try (Fd fd = open(each.getKey())) {
        StatusCalls.setModified(fd, each.getValue());
      } catch (SystemCallException e) {
        ignoreGone(e);
      }
    }
  }

  /** Before anything of the entry is written. */
  private void count(TarEntry entry) {
    UnpackLimit limit = options.limit;
    if (entry.size() > limit.bytes() - bytes) {
      throw beyond(entry, limit.bytes() + " bytes", "unpackedLimit");
    }
    if (entries == limit.entries()) {
      throw beyond(entry, limit.entries() + " entries", "unpackedEntries");
    }
    bytes += entry.size();
    entries++;
  }

  private InvalidInputException beyond(TarEntry entry, String limit, String option) {
    return new InvalidInputException(
        "Tar entry "
            + entry.name()
            + " goes beyond the limit of "
            + limit
            + "; the "
            + entries
            + " before it were unpacked, and stay. Raise the engine's "
            + option
            + " if it is meant to be so large");
  }

  private static void ignoreGone(SystemCallException e) {
    if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
      throw e;
    }
  }

  private void unpack(TarReader tar, TarEntry entry) throws IOException {
    String path = EntryPaths.of(entry.name());
    if (path.isEmpty()) {
      if (entry.type() != TarType.DIRECTORY) {
        throw new InvalidInputException("Tar entry " + entry.name() + " names no file");
      }
      return; // the directory itself keeps what it has
    }
    String name = EntryPaths.name(path);
    try (Fd parent = parent(EntryPaths.parent(path), entry)) {
      makeRoom(parent, name, path, entry);
      switch (entry.type()) {
        case DIRECTORY -> directory(parent, name, path, entry);
        case REGULAR -> file(tar, parent, name, entry);
        case HARD_LINK -> link(parent, name, entry);
        case SYMLINK -> {
          FileCalls.symlink(entry.linkName(), parent, name);
          attributes(parent, name, entry);
        }
        case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> node(parent, name, entry);
      }
    }
  }

  private Fd parent(String path, TarEntry entry) {
    try {
      return open(path);
    } catch (SystemCallException e) {
      // What is unpacked into may have been moved away meanwhile.
      if (e.errno() != Errno.ENOENT || path.isEmpty()) {
        throw refused(e, entry);
      }
    }
    try (Fd above = parent(EntryPaths.parent(path), entry)) {
      String name = EntryPaths.name(path);
      try {
        FileCalls.mkdir(above, name, IMPLIED_MODE);
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
      return FileCalls.openForListing(above, name);
    } catch (SystemCallException e) {
      throw refused(e, entry);
    }
  }

  private static RuntimeException refused(SystemCallException e, TarEntry entry) {
    return switch (e.errno()) {
      case Errno.EXDEV, Errno.ELOOP ->
          new InvalidInputException(
              "Tar entry " + entry.name() + " goes through a symlink that leads out", e);
      case Errno.ENOTDIR ->
          new ConflictException(
              "Tar entry " + entry.name() + " lies under a file or a link to nowhere", e);
      default -> e;
    };
  }

  private Fd open(String path) {
    String full = directory.isEmpty() ? path : path.isEmpty() ? directory : directory + "/" + path;
    return FileCalls.open(root, full.isEmpty() ? "." : full, OpenFlags.DIRECTORY, 0, resolve);
  }

  /** Takes away what is in an entry's place, but for a directory in a directory's. */
  private void makeRoom(Fd parent, String name, String path, TarEntry entry) {
    Optional<FileStatus> there = StatusCalls.statIfPresent(parent, name);
    if (there.isEmpty()) {
      return;
    }
    boolean wasDirectory = there.get().isDirectory();
    boolean isDirectory = entry.type() == TarType.DIRECTORY;
    if (wasDirectory && isDirectory) {
      return;
    }
    if (options.keepKinds && wasDirectory != isDirectory) {
      String where = "\"" + EntryPaths.join(directory, path) + "\"";
      throw new ConflictException(
          wasDirectory
              ? "cannot overwrite directory " + where + " with non-directory"
              : "cannot overwrite non-directory " + where + " with directory");
    }
    // A regular file is put in a regular file's place in one step.
    if (wasDirectory || entry.type() != TarType.REGULAR) {
      Trees.remove(parent, name);
    }
  }

  private void directory(Fd parent, String name, String path, TarEntry entry) {
    try {
      FileCalls.mkdir(parent, name, 0700);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    try (Fd made = FileCalls.openForListing(parent, name)) {
      Owner owner = owner(entry);
      StatusCalls.chown(made, owner.uid(), owner.gid());
      StatusCalls.chmod(made, mode(entry));
      xattrs(made, "", entry);
    }
    directoryTimes.put(path, entry.mtime());
  }

  private void file(TarReader tar, Fd parent, String name, TarEntry entry) throws IOException {
    String temporary = ".berth-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    boolean done = false;
    try (Fd file = FileCalls.open(parent, temporary, NEW_FILE, 0600, 0)) {
      content.extract(tar, entry, file);
      Owner owner = owner(entry);
      StatusCalls.chown(file, owner.uid(), owner.gid());
      StatusCalls.chmod(file, mode(entry)); // after chown, which takes setuid away
      xattrs(parent, temporary, entry);
      StatusCalls.setModified(file, entry.mtime());
      FileCalls.rename(parent, temporary, parent, name, 0);
      done = true;
    } finally {
      if (!done) {
        Trees.remove(parent, temporary);
      }
    }
  }

  private void link(Fd parent, String name, TarEntry entry) {
    String target =
        EntryPaths.of(entry.linkName(), entry.name() + " (hard link to " + entry.linkName() + ")");
    try (Fd from = parent(EntryPaths.parent(target), entry)) {
      Trees.remove(parent, name);
      FileCalls.link(from, EntryPaths.name(target), parent, name);
    }
  }

  private void node(Fd parent, String name, TarEntry entry) {
    FileType type =
        switch (entry.type()) {
          case CHARACTER_DEVICE -> FileType.CHARACTER_DEVICE;
          case BLOCK_DEVICE -> FileType.BLOCK_DEVICE;
          default -> FileType.FIFO;
        };
    if (type == FileType.CHARACTER_DEVICE && entry.devMajor() == 0 && entry.devMinor() == 0) {
      throw new InvalidInputException(
          "Tar entry " + entry.name() + " is the character device 0/0, overlayfs's whiteout");
    }
    if (type != FileType.FIFO && !options.rights) {
      throw new InvalidInputException(
          "Tar entry "
              + entry.name()
              + " is a device, which would be one of this host: leave it out, or keep owners and"
              + " rights (-a) if it is meant to be");
    }
    FileCalls.mknod(parent, name, type, 0600, entry.devMajor(), entry.devMinor());
    attributes(parent, name, entry);
  }

  /** Owner, mode and time of something that was made by its name. */
  private void attributes(Fd parent, String name, TarEntry entry) {
    Owner owner = owner(entry);
    StatusCalls.chown(parent, name, owner.uid(), owner.gid());
    // Held by a descriptor: whoever puts a symlink in its place would have us change the target.
    try (Fd made = FileCalls.open(parent, name, OpenFlags.PATH | OpenFlags.NOFOLLOW, 0, 0)) {
      if (!StatusCalls.stat(made).isSymlink()) {
        StatusCalls.chmodHeld(made, mode(entry));
      }
    }
    xattrs(parent, name, entry);
    StatusCalls.setModified(parent, name, entry.mtime());
  }

  private Owner owner(TarEntry entry) {
    return options.owner.orElseGet(() -> new Owner(entry.uid(), entry.gid()));
  }

  private int mode(TarEntry entry) {
    return options.rights ? entry.mode() : entry.mode() & ~SET_ID;
  }

  private void xattrs(Fd parent, String name, TarEntry entry) {
    entry
        .xattrs()
        .forEach(
            (attribute, value) -> {
              if (WhiteoutStyle.isPrivate(attribute)
                  || !options.rights && !attribute.startsWith("user.")) {
                return;
              }
              try {
                Xattrs.set(parent, name, attribute, value);
              } catch (SystemCallException e) {
                // As docker: what this file system or user cannot keep is left out.
                if (e.errno() != Errno.ENOTSUP && e.errno() != Errno.EPERM) {
                  throw e;
                }
              }
            });
  }
}
