package io.berth.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes what the file system says of a file: its status, owner, mode and times. No
 * method follows a symlink in the last component of a path, except where it says so.
 */
public final class StatusCalls {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final long STATX_BASIC_STATS = 0x7ff;
  private static final long UTIME_OMIT = 0x3ffffffe;
  private static final int NAME_SIZE = 1024; // NAME_MAX and its end, with room
  private static final int S_ISGID = 02000;

  private StatusCalls() {}

  /** Changes the owner; one who is not in the user namespace of {@code dir} becomes its root. */
  public static void chown(Fd dir, String path, long uid, long gid) {
    checkId(path, uid);
    checkId(path, gid);
    FileRights access = dir.access();
    int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
    int directUid = (int) access.uidOutside(uid);
    int directGid = (int) access.gidOutside(gid);
    Calls.check(
        Calls.orAgent(
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
    long direct = keepsSetgid(file, mode) ? LibC.fchmod(file.number(), mode) : Calls.REFUSED;
    Calls.check(
        Calls.orAgent(
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
        keepsSetgid(dir, mode)
            ? LibC.fchmodat(dir.number(), Names.path(path), mode, 0)
            : Calls.REFUSED;
    Calls.check(
        Calls.orAgent(
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
            : Calls.REFUSED;
    Calls.check(
        Calls.orAgent(
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
    Calls.check(
        Calls.orAgent(
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
    Calls.check(
        Calls.orAgent(
            held.access(),
            LibC.utimensat(Fd.CWD.number(), Names.path(held.procPath()), times(mtime), 0),
            () -> timesThrough(held, mtime)),
        "utimensat",
        "");
  }

  public static void setModified(Fd file, Instant mtime) {
    Calls.check(
        Calls.orAgent(
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
    Calls.check(found.result, "statx", path);
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
    Calls.check(found.result, "statx", path);
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
        Calls.orAgent(
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
}
