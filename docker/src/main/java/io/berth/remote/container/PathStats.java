package io.berth.remote.container;

import io.berth.api.PathStat;
import io.berth.error.InvalidInputException;
import io.berth.linux.FileType;
import io.berth.remote.transport.Answer;
import io.berth.server.wire.FileStat;
import io.berth.server.wire.WireJson;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** What a path names, from the header that tells it. */
final class PathStats {
  private static final String HEADER = "X-Docker-Container-Path-Stat";

  private PathStats() {}

  static PathStat read(Answer answer) {
    String header =
        answer
            .header(HEADER)
            .orElseThrow(
                () -> new InvalidInputException("The engine's answer has no header " + HEADER));
    FileStat stat = WireJson.read(Base64.getDecoder().decode(header), FileStat.class);
    Optional<String> target = Values.text(stat.linkTarget());
    return new PathStat(
        stat.name(),
        stat.size(),
        type(stat.mode()),
        mode(stat.mode()),
        Values.time(stat.mtime()).orElse(Instant.EPOCH),
        target);
  }

  /** From the bits of Go's {@code os.FileMode}. */
  private static FileType type(long mode) {
    if ((mode & 1L << 31) != 0) {
      return FileType.DIRECTORY;
    }
    if ((mode & 1L << 27) != 0) {
      return FileType.SYMLINK;
    }
    if ((mode & 1L << 26) != 0) {
      return (mode & 1L << 21) != 0 ? FileType.CHARACTER_DEVICE : FileType.BLOCK_DEVICE;
    }
    if ((mode & 1L << 25) != 0) {
      return FileType.FIFO;
    }
    return (mode & 1L << 24) != 0 ? FileType.SOCKET : FileType.REGULAR;
  }

  private static int mode(long mode) {
    int bits = (int) (mode & 0777);
    bits |= (mode & 1L << 23) != 0 ? 04000 : 0;
    bits |= (mode & 1L << 22) != 0 ? 02000 : 0;
    return bits | ((mode & 1L << 20) != 0 ? 01000 : 0);
  }
}
