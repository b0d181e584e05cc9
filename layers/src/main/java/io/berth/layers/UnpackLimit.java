package io.berth.layers;

import io.berth.error.InvalidInputException;

/**
 * How much an archive may unpack to.
 *
 * @param bytes the most bytes of all its files, with their holes, and of the archive itself
 * @param entries the most files, directories and links
 */
public record UnpackLimit(long bytes, long entries) {
  /** 128 GiB, ten million entries. */
  public static final UnpackLimit DEFAULT = new UnpackLimit(128L << 30, 10_000_000);

  /** For archives that this process makes itself. */
  public static final UnpackLimit NONE = new UnpackLimit(Long.MAX_VALUE, Long.MAX_VALUE);

  public UnpackLimit {
    if (bytes < 0 || entries < 0) {
      throw new InvalidInputException(
          "Invalid limit of " + bytes + " bytes and " + entries + " entries: use at least 0");
    }
  }
}
