package io.berth.container;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The options of {@code docker run --tmpfs}, as mount(8) has them, in the kernel's form.
 *
 * @param flags as in mount(2)
 * @param data for tmpfs itself
 */
record TmpfsOptions(long flags, String data) {
  private static final long NOEXEC_NOSUID_NODEV = 8 | 2 | 4;
  private static final Map<String, Long> SETS =
      Map.of(
          "ro",
          1L,
          "nosuid",
          2L,
          "nodev",
          4L,
          "noexec",
          8L,
          "sync",
          16L,
          "dirsync",
          128L,
          "noatime",
          1L << 10,
          "nodiratime",
          1L << 11,
          "relatime",
          1L << 21);
  private static final Map<String, Long> CLEARS =
      Map.of("rw", 1L, "suid", 2L, "dev", 4L, "exec", 8L, "async", 16L, "atime", 1L << 10);
  private static final List<String> DATA =
      List.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol", "huge");

  /**
   * @throws InvalidInputException when an option is none of tmpfs
   */
  static TmpfsOptions parse(String text) {
    long flags = NOEXEC_NOSUID_NODEV;
    List<String> data = new ArrayList<>();
    for (String option : text.isEmpty() ? new String[0] : text.split(",")) {
      if (SETS.containsKey(option)) {
        flags |= SETS.get(option);
      } else if (CLEARS.containsKey(option)) {
        flags &= ~CLEARS.get(option);
      } else if (option.contains("=") && DATA.contains(option.substring(0, option.indexOf('=')))) {
        data.add(option);
      } else {
        throw new InvalidInputException(
            "Invalid tmpfs option \""
                + option
                + "\" in \""
                + text
                + "\": expected size, mode, uid, gid or nr_inodes with a value, or a mount flag"
                + " such as ro, exec or nosuid");
      }
    }
    return new TmpfsOptions(flags, String.join(",", data));
  }
}
