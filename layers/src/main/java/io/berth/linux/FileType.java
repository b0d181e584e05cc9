package io.berth.linux;

/** The type of a file, as in the upper bits of {@code st_mode}. */
public enum FileType {
  REGULAR(0100000, 8),
  DIRECTORY(0040000, 4),
  SYMLINK(0120000, 10),
  CHARACTER_DEVICE(0020000, 2),
  BLOCK_DEVICE(0060000, 6),
  FIFO(0010000, 1),
  SOCKET(0140000, 12),
  UNKNOWN(0, 0);

  private final int bits;
  private final int dirent;

  FileType(int bits, int dirent) {
    this.bits = bits;
    this.dirent = dirent;
  }

  /** The bits under {@code S_IFMT}. */
  public int bits() {
    return bits;
  }

  static FileType ofMode(int mode) {
    return ofDirent((mode & 0170000) >> 12);
  }

  /** {@code d_type} of getdents64 is {@code st_mode >> 12}. */
  static FileType ofDirent(int type) {
    for (FileType each : values()) {
      if (each.dirent == type) {
        return each;
      }
    }
    return UNKNOWN;
  }
}
