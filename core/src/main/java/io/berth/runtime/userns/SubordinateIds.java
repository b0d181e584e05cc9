package io.berth.runtime.userns;

import io.berth.error.BerthException;
import io.berth.linux.IdMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The ids that {@code /etc/subuid} or {@code /etc/subgid} gives to a user (subuid(5)). */
final class SubordinateIds {
  private SubordinateIds() {}

  /** The first id and the number of each range. */
  record Range(long first, long count) {}

  static List<Range> read(Path file, String user, long uid) {
    try {
      return parse(Files.readString(file), user, uid);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new BerthException("Cannot read " + file + ": " + e, e);
    }
  }

  /** Lines {@code USER:FIRST:COUNT}, the user by name or number; others are passed over. */
  static List<Range> parse(String text, String user, long uid) {
    List<Range> ranges = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] parts = line.strip().split(":");
      if (parts.length != 3
          || !parts[0].equals(user) && !parts[0].equals(Long.toString(uid))
          || !parts[1].matches("\\d{1,10}")
          || !parts[2].matches("\\d{1,10}")) {
        continue;
      }
      Range range = new Range(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      if (range.count > 0 && range.first + range.count <= 0xFFFF_FFFFL) {
        ranges.add(range);
      }
    }
    return ranges;
  }

  /** Root is the user, and the ids from 1 on are the subordinate ones. */
  static IdMap map(long own, List<Range> subordinate) {
    List<IdMap.Range> ranges = new ArrayList<>();
    ranges.add(new IdMap.Range(0, own, 1));
    long next = 1;
    for (Range range : subordinate) {
      ranges.add(new IdMap.Range(next, range.first, range.count));
      next += range.count;
    }
    return new IdMap(ranges);
  }
}
