package io.berth.linux;

/** System call numbers; those from 424 on are the same on every architecture. */
final class SyscallNumbers {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  static final long GETDENTS64 = ARM ? 61 : 217;
  static final long MKNODAT = ARM ? 33 : 259;
  static final long RENAMEAT2 = ARM ? 276 : 316;
  static final long COPY_FILE_RANGE = ARM ? 285 : 326;
  static final long STATX = ARM ? 291 : 332;
  static final long OPEN_TREE = 428;
  static final long MOVE_MOUNT = 429;
  static final long FSOPEN = 430;
  static final long FSCONFIG = 431;
  static final long FSMOUNT = 432;
  static final long OPENAT2 = 437;

  static {
    String architecture = System.getProperty("os.arch");
    if (!ARM && !"amd64".equals(architecture)) {
      throw new UnsupportedOperationException(
          "Berth knows the system calls of x86_64 and aarch64; this JVM runs on " + architecture);
    }
  }

  private SyscallNumbers() {}
}
