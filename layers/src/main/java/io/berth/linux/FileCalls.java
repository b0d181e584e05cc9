package io.berth.linux;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens, makes, lists and removes files, relative to a directory descriptor. No method follows a
 * symlink in the last component of a path, except where it says so.
 */
public final class FileCalls {
  private static final int AT_REMOVEDIR = 0x200;
  private static final int OPEN_TRIES = 128;

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
        Calls.orAgent(
            held.access(),
            LibC.syscall(SyscallNumbers.OPENAT2, Fd.CWD.number(), Names.path(path), how, 24),
            () ->
                AgentCall.of(SyscallNumbers.OPENAT2)
                    .fd(Fd.CWD)
                    .pathThrough(held, "")
                    .longs(how)
                    .value(24)
                    .opens());
    return new Fd((int) Calls.check(fd, "openat2", path), held.access());
  }

  /** The descriptor, or the negated errno: the way without exceptions for hot paths. */
  static int tryOpen(Fd dir, String path, int flags, int mode, int resolve) {
    byte[] name = Names.path(path);
    long[] how = {flags | OpenFlags.CLOEXEC, mode, resolve};
    for (int tries = 0; ; tries++) {
      long fd =
          Calls.orAgent(
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
    Calls.check(
        Calls.orAgent(
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
    Calls.check(
        Calls.orAgent(
            dir.access(),
            LibC.syscall(SyscallNumbers.MKNODAT, dir.number(), name, bits, device),
            () ->
                AgentCall.of(SyscallNumbers.MKNODAT).fd(dir).bytes(name).value(bits).value(device)),
        "mknodat",
        path);
  }

  public static void link(Fd fromDir, String from, Fd toDir, String to) {
    Calls.check(
        Calls.orAgent(
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
    Calls.check(
        Calls.orAgent(
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
          Calls.orAgent(
              dir.access(),
              LibC.readlinkat(dir.number(), Names.path(path), buffer, size),
              () ->
                  asked[0] =
                      AgentCall.of(SyscallNumbers.READLINKAT)
                          .fd(dir)
                          .path(path)
                          .buffer(room)
                          .value(room));
      Calls.check(n, "readlinkat", path);
      if (n < size) {
        return Names.decode(asked[0] == null ? buffer : asked[0].output(), 0, (int) n);
      }
    }
  }

  public static void unlink(Fd dir, String path) {
    Calls.check(unlinkat(dir, path, 0), "unlinkat", path);
  }

  public static void rmdir(Fd dir, String path) {
    Calls.check(unlinkat(dir, path, AT_REMOVEDIR), "rmdir", path);
  }

  private static long unlinkat(Fd dir, String path, int flags) {
    return Calls.orAgent(
        dir.access(),
        LibC.unlinkat(dir.number(), Names.path(path), flags),
        () -> AgentCall.of(SyscallNumbers.UNLINKAT).fd(dir).path(path).value(flags));
  }

  /** {@code renameat2(2)}; flags are 0 or RENAME_*. */
  public static void rename(Fd fromDir, String from, Fd toDir, String to, int flags) {
    Calls.check(
        Calls.orAgent(
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

  /** The names in a directory that is open for reading, without {@code .} and {@code ..}. */
  public static List<DirEntry> list(Fd directory) {
    List<DirEntry> entries = new ArrayList<>();
    // On the heap: a direct buffer costs more than listing a small directory.
    byte[] bytes = new byte[8 << 10];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    Calls.check(Calls.orErrno(LibC.lseek(directory.number(), 0, 0)), "lseek", "");
    while (true) {
      long n =
          Calls.orErrno(
              LibC.syscall(SyscallNumbers.GETDENTS64, directory.number(), bytes, bytes.length));
      Calls.check(n, "getdents64", "");
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
}
