package io.berth.linux;

import io.berth.error.SystemCallException;
import java.nio.file.Path;

/** Mount calls, the old one and the ones by descriptor. */
public final class Mounts {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_PRIVATE = 1 << 18;

  public static final int MNT_DETACH = 2;
  public static final int UMOUNT_NOFOLLOW = 8;

  public static final int ATTR_RDONLY = 1;
  public static final int ATTR_NOSUID = 2;
  public static final int ATTR_NODEV = 4;

  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_RECURSIVE = 0x8000;
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;

  private Mounts() {}

  /** {@code mount(2)}. */
  public static void mount(String source, Path target, String type, long flags, String data) {
    FileCalls.check(
        LibC.mount(
            Names.path(source),
            Names.path(target.toString()),
            Names.path(type),
            flags,
            Names.path(data)),
        "mount",
        type + " on " + target);
  }

  /** {@code umount2(2)}, not following a symlink. */
  public static void unmount(Path target, int flags) {
    FileCalls.check(
        LibC.umount2(Names.path(target.toString()), flags | UMOUNT_NOFOLLOW),
        "umount2",
        target.toString());
  }

  /** Begins a new mount of a file system type. */
  public static Fd fsopen(String type) {
    return fd(
        LibC.syscall(SyscallNumbers.FSOPEN, Names.path(type), FSOPEN_CLOEXEC), "fsopen", type);
  }

  /** Sets an option; the kernel takes values of at most 255 bytes. */
  public static void fsconfig(Fd context, String key, String value) {
    FileCalls.check(
        LibC.syscall(
            SyscallNumbers.FSCONFIG,
            context.number(),
            FSCONFIG_SET_STRING,
            Names.path(key),
            Names.path(value),
            0),
        "fsconfig",
        key + "=" + value);
  }

  public static void fsconfigFlag(Fd context, String key) {
    FileCalls.check(
        LibC.syscall(
            SyscallNumbers.FSCONFIG,
            context.number(),
            FSCONFIG_SET_FLAG,
            Names.path(key),
            (byte[]) null,
            0),
        "fsconfig",
        key);
  }

  /** Makes the file system that was configured. */
  public static void fsconfigCreate(Fd context) {
    FileCalls.check(
        LibC.syscall(
            SyscallNumbers.FSCONFIG,
            context.number(),
            FSCONFIG_CMD_CREATE,
            (byte[]) null,
            (byte[]) null,
            0),
        "fsconfig",
        "create");
  }

  /** A mount of the file system that was made, attached nowhere: it ends with its descriptor. */
  public static Fd fsmount(Fd context, int attributes) {
    return fd(
        LibC.syscall(SyscallNumbers.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes),
        "fsmount",
        "");
  }

  /** Attaches a detached mount to a directory. */
  public static void moveMount(Fd mount, Path target) {
    FileCalls.check(
        LibC.syscall(
            SyscallNumbers.MOVE_MOUNT,
            mount.number(),
            Names.path(""),
            Fd.CWD.number(),
            Names.path(target.toString()),
            MOVE_MOUNT_F_EMPTY_PATH),
        "move_mount",
        target.toString());
  }

  /**
   * A detached copy of the mount at a path ({@code OPEN_TREE_CLONE}), without or with submounts.
   */
  public static Fd cloneTree(Path path, boolean recursive) {
    int flags = OPEN_TREE_CLONE | OpenFlags.CLOEXEC | (recursive ? AT_RECURSIVE : 0);
    return fd(
        LibC.syscall(
            SyscallNumbers.OPEN_TREE, Fd.CWD.number(), Names.path(path.toString()), flags, 0),
        "open_tree",
        path.toString());
  }

  private static Fd fd(long result, String call, String subject) throws SystemCallException {
    FileCalls.check(result, call, subject);
    return new Fd((int) result);
  }
}
