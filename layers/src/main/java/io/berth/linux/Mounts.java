package io.berth.linux;

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
    mount(FileRights.direct(), Path.of("/"), source, target, type, flags, data);
  }

  /**
   * {@code mount(2)} where a {@link FileRights} has its mounts.
   *
   * @param base where relative paths in the options begin, when there is an agent
   */
  public static void mount(
      FileRights access,
      Path base,
      String source,
      Path target,
      String type,
      long flags,
      String data) {
    long result =
        access
            .agent()
            .map(
                agent -> {
                  try (Fd home = access.openAmongMounts(base)) {
                    return agent.call(
                        AgentCall.of(SyscallNumbers.MOUNT)
                            .path(source)
                            .path(target.toString())
                            .path(type)
                            .value(flags)
                            .path(data)
                            .in(home));
                  }
                })
            .orElseGet(
                () ->
                    Calls.orErrno(
                        LibC.mount(
                            Names.path(source),
                            Names.path(target.toString()),
                            Names.path(type),
                            flags,
                            Names.path(data))));
    Calls.check(result, "mount", type + " on " + target);
  }

  /** {@code umount2(2)}, not following a symlink. */
  public static void unmount(Path target, int flags) {
    unmount(FileRights.direct(), target, flags);
  }

  /** {@code umount2(2)} where a {@link FileRights} has its mounts. */
  public static void unmount(FileRights access, Path target, int flags) {
    int all = flags | UMOUNT_NOFOLLOW;
    byte[] path = Names.path(target.toString());
    long result =
        access
            .agent()
            .map(a -> a.call(AgentCall.of(SyscallNumbers.UMOUNT2).bytes(path).value(all)))
            .orElseGet(() -> Calls.orErrno(LibC.umount2(path, all)));
    Calls.check(result, "umount2", target.toString());
  }

  /** Begins a new mount of a file system type. */
  public static Fd fsopen(FileRights access, String type) {
    byte[] name = Names.path(type);
    long result =
        access
            .agent()
            .map(
                a ->
                    a.call(
                        AgentCall.of(SyscallNumbers.FSOPEN)
                            .bytes(name)
                            .value(FSOPEN_CLOEXEC)
                            .opens()))
            .orElseGet(
                () -> Calls.orErrno(LibC.syscall(SyscallNumbers.FSOPEN, name, FSOPEN_CLOEXEC)));
    return fd(access, result, "fsopen", type);
  }

  /**
   * Sets an option; the kernel takes values of at most 255 bytes.
   *
   * @param base where relative paths in the value begin, when there is an agent
   */
  public static void fsconfig(Fd context, Fd base, String key, String value) {
    fsconfig(context, base, FSCONFIG_SET_STRING, key, Names.path(value), key + "=" + value);
  }

  public static void fsconfigFlag(Fd context, String key) {
    fsconfig(context, Fd.CWD, FSCONFIG_SET_FLAG, key, null, key);
  }

  /** Makes the file system that was configured. */
  public static void fsconfigCreate(Fd context) {
    fsconfig(context, Fd.CWD, FSCONFIG_CMD_CREATE, null, null, "create");
  }

  private static void fsconfig(
      Fd context, Fd base, int command, String key, byte[] value, String subject) {
    byte[] name = key == null ? null : Names.path(key);
    long result =
        context
            .access()
            .agent()
            .map(
                agent -> {
                  AgentCall call = AgentCall.of(SyscallNumbers.FSCONFIG).fd(context).value(command);
                  call = name == null ? call.value(0) : call.bytes(name);
                  call = value == null ? call.value(0) : call.bytes(value);
                  return agent.call(call.value(0).in(base));
                })
            .orElseGet(
                () ->
                    Calls.orErrno(
                        LibC.syscall(
                            SyscallNumbers.FSCONFIG, context.number(), command, name, value, 0)));
    Calls.check(result, "fsconfig", subject);
  }

  /** A mount of the file system that was made, attached nowhere: it ends with its descriptor. */
  public static Fd fsmount(Fd context, int attributes) {
    FileRights access = context.access();
    long result =
        access
            .agent()
            .map(
                a ->
                    a.call(
                        AgentCall.of(SyscallNumbers.FSMOUNT)
                            .fd(context)
                            .value(FSMOUNT_CLOEXEC)
                            .value(attributes)
                            .opens()))
            .orElseGet(
                () ->
                    Calls.orErrno(
                        LibC.syscall(
                            SyscallNumbers.FSMOUNT,
                            context.number(),
                            FSMOUNT_CLOEXEC,
                            attributes)));
    return fd(access, result, "fsmount", "");
  }

  /** Attaches a detached mount to a directory. */
  public static void moveMount(Fd mount, Path target) {
    Calls.check(
        Calls.orErrno(
            LibC.syscall(
                SyscallNumbers.MOVE_MOUNT,
                mount.number(),
                Names.path(""),
                Fd.CWD.number(),
                Names.path(target.toString()),
                MOVE_MOUNT_F_EMPTY_PATH)),
        "move_mount",
        target.toString());
  }

  /**
   * A detached copy of the mount at a path ({@code OPEN_TREE_CLONE}), without or with submounts.
   */
  public static Fd cloneTree(Path path, boolean recursive) {
    return cloneTree(FileRights.direct(), path, recursive);
  }

  /** The same where a {@link FileRights} has its mounts. */
  public static Fd cloneTree(FileRights access, Path path, boolean recursive) {
    int flags = OPEN_TREE_CLONE | OpenFlags.CLOEXEC | (recursive ? AT_RECURSIVE : 0);
    byte[] name = Names.path(path.toString());
    long result =
        access
            .agent()
            .map(
                a ->
                    a.call(
                        AgentCall.of(SyscallNumbers.OPEN_TREE)
                            .fd(Fd.CWD)
                            .bytes(name)
                            .value(flags)
                            .opens()))
            .orElseGet(
                () ->
                    Calls.orErrno(
                        LibC.syscall(SyscallNumbers.OPEN_TREE, Fd.CWD.number(), name, flags, 0)));
    return fd(access, result, "open_tree", path.toString());
  }

  private static Fd fd(FileRights access, long result, String call, String subject) {
    return new Fd((int) Calls.check(result, call, subject), access);
  }
}
