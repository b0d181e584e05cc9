package io.berth.linux;

/** Flags of {@code openat2(2)}. */
public final class OpenFlags {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  public static final int RDONLY = 0;
  public static final int WRONLY = 1;
  public static final int RDWR = 2;
  public static final int CREAT = 0100;
  public static final int EXCL = 0200;
  public static final int TRUNC = 01000;
  public static final int APPEND = 02000;
  public static final int NONBLOCK = 04000;
  public static final int DIRECTORY = ARM ? 040000 : 0200000;
  public static final int NOFOLLOW = ARM ? 0100000 : 0400000;
  public static final int PATH = 010000000;

  static final int CLOEXEC = 02000000;

  /** How the kernel resolves a path (RESOLVE_*). */
  public static final int RESOLVE_NO_XDEV = 1;

  public static final int RESOLVE_NO_MAGICLINKS = 2;
  public static final int RESOLVE_NO_SYMLINKS = 4;
  public static final int RESOLVE_BENEATH = 8;
  public static final int RESOLVE_IN_ROOT = 16;

  private OpenFlags() {}
}
