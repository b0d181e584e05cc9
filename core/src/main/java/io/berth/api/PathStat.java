package io.berth.api;

import io.berth.linux.FileType;
import java.time.Instant;
import java.util.Optional;

/**
 * What a path of a container names; a symlink is not followed.
 *
 * @param name the last component of the path as it was asked for
 * @param size in bytes
 * @param mode permission bits with setuid, setgid and sticky
 * @param linkTarget of a symlink, the path in the container that it leads to in the end
 */
public record PathStat(
    String name, long size, FileType type, int mode, Instant mtime, Optional<String> linkTarget) {

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** The mode as Docker's API has it: the bits of Go's {@code os.FileMode}. */
  public long goMode() {
    long bits = mode & 0777;
    bits |= (mode & 04000) != 0 ? 1L << 23 : 0;
    bits |= (mode & 02000) != 0 ? 1L << 22 : 0;
    bits |= (mode & 01000) != 0 ? 1L << 20 : 0;
    return bits
        | switch (type) {
          case DIRECTORY -> 1L << 31;
          case SYMLINK -> 1L << 27;
          case BLOCK_DEVICE -> 1L << 26;
          case CHARACTER_DEVICE -> 1L << 26 | 1L << 21;
          case FIFO -> 1L << 25;
          case SOCKET -> 1L << 24;
          case REGULAR, UNKNOWN -> 0;
        };
  }
}
