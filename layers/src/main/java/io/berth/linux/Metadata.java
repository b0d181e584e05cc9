package io.berth.linux;

import io.berth.error.InvalidInputException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a file is to get besides its content.
 *
 * @param mode permission bits with setuid, setgid and sticky
 * @param mtime empty for now
 */
public record Metadata(int mode, long uid, long gid, Optional<Instant> mtime) {
  public Metadata {
    if ((mode & ~07777) != 0) {
      throw new InvalidInputException("Not permission bits: 0" + Integer.toOctalString(mode));
    }
  }

  public static Metadata of(int mode, long uid, long gid) {
    return new Metadata(mode, uid, gid, Optional.empty());
  }

  public static Metadata of(FileStatus status) {
    return new Metadata(status.mode(), status.uid(), status.gid(), Optional.of(status.mtime()));
  }

  public Metadata withMtime(Instant time) {
    return new Metadata(mode, uid, gid, Optional.of(time));
  }
}
