package io.berth.linux;

/** System call numbers; those from 424 on are the same on every architecture. */
final class SyscallNumbers {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  static final long SETXATTR_NOFOLLOW = ARM ? 6 : 189;
  static final long GETXATTR_NOFOLLOW = ARM ? 9 : 192;
  static final long LISTXATTR_NOFOLLOW = ARM ? 12 : 195;
  static final long REMOVEXATTR_NOFOLLOW = ARM ? 15 : 198;
  static final long MKDIRAT = ARM ? 34 : 258;
  static final long UNLINKAT = ARM ? 35 : 263;
  static final long SYMLINKAT = ARM ? 36 : 266;
  static final long LINKAT = ARM ? 37 : 265;
  static final long OPENAT = ARM ? 56 : 257;
  static final long UNSHARE = ARM ? 97 : 272;
  static final long SOCKET = ARM ? 198 : 41;
  static final long SETNS = ARM ? 268 : 308;
  static final long UMOUNT2 = ARM ? 39 : 166;
  static final long MOUNT = ARM ? 40 : 165;
  static final long FCHMODAT = ARM ? 53 : 268;
  static final long FCHOWNAT = ARM ? 54 : 260;
  static final long GETDENTS64 = ARM ? 61 : 217;
  static final long READLINKAT = ARM ? 78 : 267;
  static final long UTIMENSAT = ARM ? 88 : 280;
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
