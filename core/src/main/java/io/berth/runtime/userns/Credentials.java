package io.berth.runtime.userns;

import io.berth.error.BerthException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who this process is for the kernel.
 *
 * @param capabilities the effective ones, as a bit mask
 */
public record Credentials(long uid, long gid, long capabilities) {
  private static final int SYS_ADMIN = 21;

  /** Those of this process. */
  public static Credentials own() {
    try {
      return parse(Files.readString(Path.of("/proc/self/status")));
    } catch (IOException e) {
      throw new BerthException("Cannot read /proc/self/status; is /proc mounted? " + e, e);
    }
  }

  static Credentials parse(String status) {
    return new Credentials(
        Long.parseLong(word(status, "Uid:", 1)),
        Long.parseLong(word(status, "Gid:", 1)),
        Long.parseUnsignedLong(word(status, "CapEff:", 0), 16));
  }

  /** The real id comes first, then the effective one. */
  private static String word(String status, String key, int index) {
    return status
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> List.of(line.substring(key.length()).strip().split("\\s+")).get(index))
        .findFirst()
        .orElseThrow(() -> new BerthException("No line " + key + " in /proc/self/status"));
  }

  /** Whether it may mount and make namespaces as it is. */
  public boolean isPrivileged() {
    return (capabilities >>> SYS_ADMIN & 1) != 0;
  }
}
