package io.berth.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * File system calls relative to a directory descriptor. No method follows a symlink in the last
 * component of a path, except where it says so.
 */
public final class FileCalls {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final long STATX_BASIC_STATS = 0x7ff;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final int OPEN_TRIES = 128;
  private static final int NAME_SIZE = 1024; // NAME_MAX and its end, with room

  /**
   * Flag of {@link #rename(Fd, String, Fd, String, int)}: fail with EEXIST when the name is taken.
   */
  public static final int RENAME_NOREPLACE = 1;

  public static final int RENAME_EXCHANGE = 2;

  private FileCalls() {}

  /** Opens a directory of the host, following symlinks, to hold it: {@code O_PATH}. */
  public static Fd openDirectory(Path directory) {
    return open(Fd.CWD, directory.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0, 0);
  }

  /**
   * {@code openat2(2)}.
   *
   * @param flags of {@link OpenFlags}; close-on-exec is added
   * @param mode of a created file, 0 otherwise
   * @param resolve RESOLVE_* of {@link OpenFlags}
   */
  public static Fd open(Fd dir, String path, int flags, int mode, int resolve) {
    int fd = tryOpen(dir, path, flags, mode, resolve);
    if (fd < 0) {
      throw new SystemCallException("openat2", path, -fd);
    }
    return new Fd(fd);
  }

  /** As {@link #open}, but empty when there is no such path. */
  public static Optional<Fd> openIfPresent(Fd dir, String path, int flags, int resolve) {
    int fd = tryOpen(dir, path, flags, 0, resolve);
    if (fd == -Errno.ENOENT || fd == -Errno.ENOTDIR) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new SystemCallException("openat2", path, -fd);
    }
    return Optional.of(new Fd(fd));
  }

  /** The descriptor, or the negated errno: the way without exceptions for hot paths. */
  static int tryOpen(Fd dir, String path, int flags, int mode, int resolve) {
    byte[] name = Names.path(path);
    long[] how = {flags | OpenFlags.CLOEXEC, mode, resolve};
    for (int tries = 0; ; tries++) {
      long fd = LibC.syscall(SyscallNumbers.OPENAT2, dir.number(), name, how, 24);
      if (fd >= 0) {
        return (int) fd;
      }
      int errno = Native.getLastError();
      // EAGAIN: something was renamed while the kernel resolved beneath; it asks to try again.
      boolean again = errno == Errno.EINTR || errno == Errno.EAGAIN && resolve != 0;
      if (!again || tries == OPEN_TRIES) {
        return -errno;
      }
    }
  }

  public static void mkdir(Fd dir, String path, int mode) {
    check(LibC.mkdirat(dir.number(), Names.path(path), mode), "mkdirat", path);
  }

  /** {@code mknodat(2)}; for a FIFO or socket the device numbers are 0. */
  public static void mknod(Fd dir, String path, FileType type, int mode, int major, int minor) {
    long device =
        (minor & 0xffL)
            | (major & 0xfffL) << 8
            | (minor & 0xfff00L) << 12
            | (major & 0xfffff000L) << 32;
    check(
        LibC.syscall(
            SyscallNumbers.MKNODAT, dir.number(), Names.path(path), type.bits() | mode, device),
        "mknodat",
        path);
  }

  public static void link(Fd fromDir, String from, Fd toDir, String to) {
    check(
        LibC.linkat(fromDir.number(), Names.path(from), toDir.number(), Names.path(to), 0),
        "linkat",
        to);
  }

  public static void symlink(String target, Fd dir, String path) {
    check(LibC.symlinkat(Names.path(target), dir.number(), Names.path(path)), "symlinkat", path);
  }

  /** The target of a symlink; with an empty path, of the symlink that {@code dir} holds itself. */
  public static String readlink(Fd dir, String path) {
    for (int size = 256; ; size *= 8) {
      byte[] buffer = new byte[size];
      long n = LibC.readlinkat(dir.number(), Names.path(path), buffer, size);
      check(n, "readlinkat", path);
      if (n < size) {
        return Names.decode(buffer, 0, (int) n);
      }
    }
  }

  public static void unlink(Fd dir, String path) {
    check(LibC.unlinkat(dir.number(), Names.path(path), 0), "unlinkat", path);
  }

  public static void rmdir(Fd dir, String path) {
    check(LibC.unlinkat(dir.number(), Names.path(path), AT_REMOVEDIR), "rmdir", path);
  }

  /** {@code renameat2(2)}; flags are 0 or RENAME_*. */
  public static void rename(Fd fromDir, String from, Fd toDir, String to, int flags) {
    check(
        LibC.syscall(
            SyscallNumbers.RENAMEAT2,
            fromDir.number(),
            Names.path(from),
            toDir.number(),
            Names.path(to),
            flags),
        "renameat2",
        to);
  }

  public static void chown(Fd dir, String path, long uid, long gid) {
    checkId(path, uid);
    checkId(path, gid);
    check(
        LibC.fchownat(
            dir.number(),
            Names.path(path),
            (int) uid,
            (int) gid,
            AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH),
        "fchownat",
        path);
  }

  public static void chown(Fd file, long uid, long gid) {
    checkId("", uid);
    checkId("", gid);
    check(LibC.fchown(file.number(), (int) uid, (int) gid), "fchown", "");
  }

  public static void chmod(Fd file, int mode) {
    check(LibC.fchmod(file.number(), mode), "fchmod", "");
  }

  /**
   * Changes the mode of a name that the caller made and nobody else can change; follows symlinks.
   */
  public static void chmod(Fd dir, String path, int mode) {
    check(LibC.fchmodat(dir.number(), Names.path(path), mode, 0), "fchmodat", path);
  }

  public static void setModified(Fd dir, String path, Instant mtime) {
    check(
        LibC.utimensat(dir.number(), Names.path(path), times(mtime), AT_SYMLINK_NOFOLLOW),
        "utimensat",
        path);
  }

  /** As {@code setModified}, on what a path of the host leads to. */
  static void setModifiedFollowing(String path, Instant mtime) {
    check(LibC.utimensat(Fd.CWD.number(), Names.path(path), times(mtime), 0), "utimensat", path);
  }

  public static void setModified(Fd file, Instant mtime) {
    check(LibC.futimens(file.number(), times(mtime)), "futimens", "");
  }

  /** The status of a name; of the descriptor itself when the path is empty. */
  public static FileStatus stat(Fd dir, String path) {
    byte[] buffer = new byte[FileStatus.STATX_SIZE];
    check(statx(dir, path, buffer), "statx", path);
    return FileStatus.ofStatx(buffer);
  }

  public static FileStatus stat(Fd file) {
    return stat(file, "");
  }

  public static Optional<FileStatus> statIfPresent(Fd dir, String path) {
    byte[] buffer = new byte[FileStatus.STATX_SIZE];
    if (statx(dir, path, buffer) < 0) {
      int errno = Native.getLastError();
      if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
        return Optional.empty();
      }
      throw new SystemCallException("statx", path, errno);
    }
    return Optional.of(FileStatus.ofStatx(buffer));
  }

  private static long statx(Fd dir, String path, byte[] buffer) {
    int flags = AT_SYMLINK_NOFOLLOW | (path.isEmpty() ? AT_EMPTY_PATH : 0);
    return LibC.syscall(
        SyscallNumbers.STATX, dir.number(), Names.path(path), flags, STATX_BASIC_STATS, buffer);
  }

  /**
   * The status of each of these names of a directory, in their order; empty for one that is gone.
   * With one buffer for all, which is a third of the time of asking for each.
   */
  public static List<Optional<FileStatus>> statAll(Fd dir, List<DirEntry> entries) {
    List<Optional<FileStatus>> all = new ArrayList<>(entries.size());
    byte[] buffer = new byte[FileStatus.STATX_SIZE];
    try (Memory memory = new Memory(FileStatus.STATX_SIZE + NAME_SIZE)) {
      long at = Pointer.nativeValue(memory);
      for (DirEntry entry : entries) {
        byte[] name = Names.path(entry.name());
        memory.write(FileStatus.STATX_SIZE, name, 0, name.length);
        long result =
            LibC.syscall(
                SyscallNumbers.STATX,
                dir.number(),
                at + FileStatus.STATX_SIZE,
                AT_SYMLINK_NOFOLLOW,
                STATX_BASIC_STATS,
                at,
                0);
        if (result < 0) {
          int errno = Native.getLastError();
          if (errno != Errno.ENOENT) {
            throw new SystemCallException("statx", entry.name(), errno);
          }
          all.add(Optional.empty());
        } else {
          memory.read(0, buffer, 0, buffer.length);
          all.add(Optional.of(FileStatus.ofStatx(buffer)));
        }
      }
    }
    return all;
  }

  /** The names in a directory that is open for reading, without {@code .} and {@code ..}. */
  public static List<DirEntry> list(Fd directory) {
    List<DirEntry> entries = new ArrayList<>();
    // On the heap: a direct buffer costs more than listing a small directory.
    byte[] bytes = new byte[8 << 10];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    check(LibC.lseek(directory.number(), 0, 0), "lseek", "");
    while (true) {
      long n = LibC.syscall(SyscallNumbers.GETDENTS64, directory.number(), bytes, bytes.length);
      check(n, "getdents64", "");
      if (n == 0) {
        return entries;
      }
      for (int at = 0; at < n; at += buffer.getShort(at + 16) & 0xFFFF) {
        int end = at + 19;
        while (bytes[end] != 0) {
          end++;
        }
        String name = Names.decode(bytes, at + 19, end - at - 19);
        if (!name.equals(".") && !name.equals("..")) {
          entries.add(new DirEntry(name, FileType.ofDirent(bytes[at + 18])));
        }
      }
    }
  }

  /** The names in a directory, reached from another; its last component may not be a symlink. */
  public static List<DirEntry> list(Fd dir, String path) {
    try (Fd fd = openForListing(dir, path)) {
      return list(fd);
    }
  }

  /** Opens a directory so that it can be listed and its entries reached. */
  public static Fd openForListing(Fd dir, String path) {
    return open(dir, path, OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW, 0, 0);
  }

  private static long[] times(Instant mtime) {
    return new long[] {0, UTIME_OMIT, mtime.getEpochSecond(), mtime.getNano()};
  }

  private static void checkId(String path, long id) {
    // -1 would mean "leave it as it is" to the kernel.
    if (id < 0 || id >= 0xFFFF_FFFFL) {
      throw new InvalidInputException(
          "No such user or group id: " + id + (path.isEmpty() ? "" : " (for " + path + ")"));
    }
  }

  static void check(long result, String call, String subject) {
    if (result < 0) {
      throw new SystemCallException(call, subject, Native.getLastError());
    }
  }
}
