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
import java.util.function.Supplier;

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
  private static final int S_ISGID = 02000;
  private static final long REFUSED = Long.MIN_VALUE; // not even tried

  /**
   * Flag of {@link #rename(Fd, String, Fd, String, int)}: fail with EEXIST when the name is taken.
   */
  public static final int RENAME_NOREPLACE = 1;

  public static final int RENAME_EXCHANGE = 2;

  private FileCalls() {}

  /** Opens a directory of the host, following symlinks, to hold it: {@code O_PATH}. */
  public static Fd openDirectory(Path directory) {
    return FileRights.direct().openDirectory(directory);
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
    return new Fd(fd, dir.access());
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
    return Optional.of(new Fd(fd, dir.access()));
  }

  /** Opens once more what a descriptor, of {@code O_PATH} perhaps, refers to. */
  public static Fd reopen(Fd held, int flags) {
    String path = held.procPath();
    long[] how = {flags | OpenFlags.CLOEXEC, 0, 0};
    long fd =
        orAgent(
            held.access(),
            LibC.syscall(SyscallNumbers.OPENAT2, Fd.CWD.number(), Names.path(path), how, 24),
            () ->
                AgentCall.of(SyscallNumbers.OPENAT2)
                    .fd(Fd.CWD)
                    .pathThrough(held, "")
                    .longs(how)
                    .value(24)
                    .opens());
    return new Fd((int) check(fd, "openat2", path), held.access());
  }

  /** The descriptor, or the negated errno: the way without exceptions for hot paths. */
  static int tryOpen(Fd dir, String path, int flags, int mode, int resolve) {
    byte[] name = Names.path(path);
    long[] how = {flags | OpenFlags.CLOEXEC, mode, resolve};
    for (int tries = 0; ; tries++) {
      long fd =
          orAgent(
              dir.access(),
              LibC.syscall(SyscallNumbers.OPENAT2, dir.number(), name, how, 24),
              () ->
                  AgentCall.of(SyscallNumbers.OPENAT2)
                      .fd(dir)
                      .bytes(name)
                      .longs(how)
                      .value(24)
                      .opens());
      // EAGAIN: something was renamed while the kernel resolved beneath; it asks to try again.
      boolean again = fd == -Errno.EINTR || fd == -Errno.EAGAIN && resolve != 0;
      if (!again || tries == OPEN_TRIES) {
        return (int) fd;
      }
    }
  }

  public static void mkdir(Fd dir, String path, int mode) {
    byte[] name = Names.path(path);
    check(
        orAgent(
            dir.access(),
            LibC.mkdirat(dir.number(), name, mode),
            () -> AgentCall.of(SyscallNumbers.MKDIRAT).fd(dir).bytes(name).value(mode)),
        "mkdirat",
        path);
  }

  /** {@code mknodat(2)}; for a FIFO or socket the device numbers are 0. */
  public static void mknod(Fd dir, String path, FileType type, int mode, int major, int minor) {
    long device =
        (minor & 0xffL)
            | (major & 0xfffL) << 8
            | (minor & 0xfff00L) << 12
            | (major & 0xfffff000L) << 32;
    byte[] name = Names.path(path);
    int bits = type.bits() | mode;
    check(
        orAgent(
            dir.access(),
            LibC.syscall(SyscallNumbers.MKNODAT, dir.number(), name, bits, device),
            () ->
                AgentCall.of(SyscallNumbers.MKNODAT).fd(dir).bytes(name).value(bits).value(device)),
        "mknodat",
        path);
  }

  public static void link(Fd fromDir, String from, Fd toDir, String to) {
    check(
        orAgent(
            FileRights.stronger(fromDir, toDir),
            LibC.linkat(fromDir.number(), Names.path(from), toDir.number(), Names.path(to), 0),
            () ->
                AgentCall.of(SyscallNumbers.LINKAT)
                    .fd(fromDir)
                    .path(from)
                    .fd(toDir)
                    .path(to)
                    .value(0)),
        "linkat",
        to);
  }

  public static void symlink(String target, Fd dir, String path) {
    check(
        orAgent(
            dir.access(),
            LibC.symlinkat(Names.path(target), dir.number(), Names.path(path)),
            () -> AgentCall.of(SyscallNumbers.SYMLINKAT).path(target).fd(dir).path(path)),
        "symlinkat",
        path);
  }

  /** The target of a symlink; with an empty path, of the symlink that {@code dir} holds itself. */
  public static String readlink(Fd dir, String path) {
    for (int size = 256; ; size *= 8) {
      byte[] buffer = new byte[size];
      int room = size;
      AgentCall[] asked = new AgentCall[1];
      long n =
          orAgent(
              dir.access(),
              LibC.readlinkat(dir.number(), Names.path(path), buffer, size),
              () ->
                  asked[0] =
                      AgentCall.of(SyscallNumbers.READLINKAT)
                          .fd(dir)
                          .path(path)
                          .buffer(room)
                          .value(room));
      check(n, "readlinkat", path);
      if (n < size) {
        return Names.decode(asked[0] == null ? buffer : asked[0].output(), 0, (int) n);
      }
    }
  }

  public static void unlink(Fd dir, String path) {
    check(unlinkat(dir, path, 0), "unlinkat", path);
  }

  public static void rmdir(Fd dir, String path) {
    check(unlinkat(dir, path, AT_REMOVEDIR), "rmdir", path);
  }

  private static long unlinkat(Fd dir, String path, int flags) {
    return orAgent(
        dir.access(),
        LibC.unlinkat(dir.number(), Names.path(path), flags),
        () -> AgentCall.of(SyscallNumbers.UNLINKAT).fd(dir).path(path).value(flags));
  }

  /** {@code renameat2(2)}; flags are 0 or RENAME_*. */
  public static void rename(Fd fromDir, String from, Fd toDir, String to, int flags) {
    check(
        orAgent(
            FileRights.stronger(fromDir, toDir),
            LibC.syscall(
                SyscallNumbers.RENAMEAT2,
                fromDir.number(),
                Names.path(from),
                toDir.number(),
                Names.path(to),
                flags),
            () ->
                AgentCall.of(SyscallNumbers.RENAMEAT2)
                    .fd(fromDir)
                    .path(from)
                    .fd(toDir)
                    .path(to)
                    .value(flags)),
        "renameat2",
        to);
  }

  /** Changes the owner; one who is not in the user namespace of {@code dir} becomes its root. */
  public static void chown(Fd dir, String path, long uid, long gid) {
    checkId(path, uid);
    checkId(path, gid);
    FileRights access = dir.access();
    int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
    int directUid = (int) access.uidOutside(uid);
    int directGid = (int) access.gidOutside(gid);
    check(
        orAgent(
            access,
            LibC.fchownat(dir.number(), Names.path(path), directUid, directGid, flags),
            () ->
                AgentCall.of(SyscallNumbers.FCHOWNAT)
                    .fd(dir)
                    .path(path)
                    .value(access.uids().has(uid) ? uid : 0)
                    .value(access.gids().has(gid) ? gid : 0)
                    .value(flags)),
        "fchownat",
        path);
  }

  public static void chown(Fd file, long uid, long gid) {
    chown(file, "", uid, gid);
  }

  public static void chmod(Fd file, int mode) {
    long direct = keepsSetgid(file, mode) ? LibC.fchmod(file.number(), mode) : REFUSED;
    check(
        orAgent(
            file.access(),
            direct,
            () ->
                AgentCall.of(SyscallNumbers.FCHMODAT).fd(Fd.CWD).pathThrough(file, "").value(mode)),
        "fchmod",
        "");
  }

  /**
   * Changes the mode of a name that the caller made and nobody else can change; follows symlinks.
   */
  public static void chmod(Fd dir, String path, int mode) {
    long direct =
        keepsSetgid(dir, mode) ? LibC.fchmodat(dir.number(), Names.path(path), mode, 0) : REFUSED;
    check(
        orAgent(
            dir.access(),
            direct,
            () -> AgentCall.of(SyscallNumbers.FCHMODAT).fd(dir).path(path).value(mode)),
        "fchmodat",
        path);
  }

  /** Changes the mode of what a descriptor of {@code O_PATH} refers to, which fchmod(2) cannot. */
  public static void chmodHeld(Fd held, int mode) {
    long direct =
        keepsSetgid(held, mode)
            ? LibC.fchmodat(Fd.CWD.number(), Names.path(held.procPath()), mode, 0)
            : REFUSED;
    check(
        orAgent(
            held.access(),
            direct,
            () ->
                AgentCall.of(SyscallNumbers.FCHMODAT).fd(Fd.CWD).pathThrough(held, "").value(mode)),
        "fchmodat",
        "");
  }

  /** The kernel drops the bit, and says nothing, where the group is not one of the caller's. */
  private static boolean keepsSetgid(Fd fd, int mode) {
    return fd.access().isDirect() || (mode & S_ISGID) == 0;
  }

  public static void setModified(Fd dir, String path, Instant mtime) {
    check(
        orAgent(
            dir.access(),
            LibC.utimensat(dir.number(), Names.path(path), times(mtime), AT_SYMLINK_NOFOLLOW),
            () ->
                AgentCall.of(SyscallNumbers.UTIMENSAT)
                    .fd(dir)
                    .path(path)
                    .longs(times(mtime))
                    .value(AT_SYMLINK_NOFOLLOW)),
        "utimensat",
        path);
  }

  /** As {@code setModified}, on what a descriptor of {@code O_PATH} refers to. */
  static void setModifiedHeld(Fd held, Instant mtime) {
    check(
        orAgent(
            held.access(),
            LibC.utimensat(Fd.CWD.number(), Names.path(held.procPath()), times(mtime), 0),
            () -> timesThrough(held, mtime)),
        "utimensat",
        "");
  }

  public static void setModified(Fd file, Instant mtime) {
    check(
        orAgent(
            file.access(),
            LibC.futimens(file.number(), times(mtime)),
            () -> timesThrough(file, mtime)),
        "futimens",
        "");
  }

  private static AgentCall timesThrough(Fd held, Instant mtime) {
    return AgentCall.of(SyscallNumbers.UTIMENSAT)
        .fd(Fd.CWD)
        .pathThrough(held, "")
        .longs(times(mtime))
        .value(0);
  }

  /** The status of a name; of the descriptor itself when the path is empty. */
  public static FileStatus stat(Fd dir, String path) {
    StatResult found = statx(dir, path);
    check(found.result, "statx", path);
    return found.status(dir);
  }

  public static FileStatus stat(Fd file) {
    return stat(file, "");
  }

  public static Optional<FileStatus> statIfPresent(Fd dir, String path) {
    StatResult found = statx(dir, path);
    if (found.result == -Errno.ENOENT || found.result == -Errno.ENOTDIR) {
      return Optional.empty();
    }
    check(found.result, "statx", path);
    return Optional.of(found.status(dir));
  }

  /** What statx(2) filled in, here or at the agent, who sees the ids of its user namespace. */
  private record StatResult(long result, byte[] buffer, boolean byAgent) {
    FileStatus status(Fd dir) {
      FileStatus status = FileStatus.ofStatx(buffer);
      return byAgent ? status : dir.access().inside(status);
    }
  }

  private static StatResult statx(Fd dir, String path) {
    int flags = AT_SYMLINK_NOFOLLOW | (path.isEmpty() ? AT_EMPTY_PATH : 0);
    byte[] buffer = new byte[FileStatus.STATX_SIZE];
    byte[] name = Names.path(path);
    AgentCall[] asked = new AgentCall[1];
    long result =
        orAgent(
            dir.access(),
            LibC.syscall(
                SyscallNumbers.STATX, dir.number(), name, flags, STATX_BASIC_STATS, buffer),
            () ->
                asked[0] =
                    AgentCall.of(SyscallNumbers.STATX)
                        .fd(dir)
                        .bytes(name)
                        .value(flags)
                        .value(STATX_BASIC_STATS)
                        .buffer(buffer.length));
    return asked[0] == null
        ? new StatResult(result, buffer, false)
        : new StatResult(result, asked[0].output(), true);
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
          // Gone, or to be asked for in another way.
          all.add(statIfPresent(dir, entry.name()));
        } else {
          memory.read(0, buffer, 0, buffer.length);
          all.add(Optional.of(dir.access().inside(FileStatus.ofStatx(buffer))));
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
    check(orErrno(LibC.lseek(directory.number(), 0, 0)), "lseek", "");
    while (true) {
      long n =
          orErrno(LibC.syscall(SyscallNumbers.GETDENTS64, directory.number(), bytes, bytes.length));
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

  /** The result of a call that was just made, or the negated errno. */
  static long orErrno(long result) {
    return result < 0 ? -Native.getLastError() : result;
  }

  /**
   * The same, after the agent has tried what was refused here.
   *
   * @param direct what the call here has returned
   */
  static long orAgent(FileRights access, long direct, Supplier<AgentCall> call) {
    if (direct >= 0) {
      return direct;
    }
    int errno = direct == REFUSED ? Errno.EPERM : Native.getLastError();
    return access.helps(errno) ? access.agent().orElseThrow().call(call.get()) : -errno;
  }

  /**
   * @param result what {@link #orErrno} or {@link #orAgent} gave
   */
  static long check(long result, String call, String subject) {
    if (result < 0) {
      throw new SystemCallException(call, subject, (int) -result);
    }
    return result;
  }
}
