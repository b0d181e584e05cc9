package io.berth.linux;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The user or group ids of a user namespace and what they are outside of it (user_namespaces(7)).
 *
 * @param ranges none means that ids are the same on both sides
 */
public record IdMap(List<Range> ranges) {
  /** What the kernel shows for an id that has no counterpart. */
  public static final long NOBODY = 65534;

  /** As many ids from {@code inside} on are those from {@code outside} on. */
  public record Range(long inside, long outside, long count) {
    public Range {
      if (inside < 0 || outside < 0 || count < 1) {
        throw new InvalidInputException(
            "Not a range of ids: " + inside + " " + outside + " " + count);
      }
    }
  }

  public IdMap {
    ranges = List.copyOf(ranges);
  }

  /** Ids are the same on both sides. */
  public static IdMap identity() {
    return new IdMap(List.of());
  }

  /** Reads the format of {@code /proc/PID/uid_map}. */
  public static IdMap parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
      String[] words = line.strip().split("\\s+");
      ranges.add(
          new Range(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
    }
    return new IdMap(ranges);
  }

  /** Whether an id of the inside is also one outside. */
  public boolean has(long inside) {
    return ranges.isEmpty() || ranges.stream().anyMatch(r -> holds(r.inside, r.count, inside));
  }

  /** What an id of the inside, which must be in the map, is outside. */
  public long outside(long inside) {
    for (Range r : ranges) {
      if (holds(r.inside, r.count, inside)) {
        return r.outside + (inside - r.inside);
      }
    }
    if (ranges.isEmpty()) {
      return inside;
    }
    throw new InvalidInputException("The id " + inside + " is not in the user namespace: " + this);
  }

  /** What an id of the outside is inside; {@link #NOBODY} when it is nothing there. */
  public long inside(long outside) {
    for (Range r : ranges) {
      if (holds(r.outside, r.count, outside)) {
        return r.inside + (outside - r.outside);
      }
    }
    return ranges.isEmpty() ? outside : NOBODY;
  }

  private static boolean holds(long first, long count, long id) {
    return id >= first && id - first < count;
  }

  /** How many ids there are inside. */
  public long size() {
    return ranges.stream().mapToLong(Range::count).sum();
  }

  /** As newuidmap(1) takes it: inside, outside and count of each range. */
  @Override
  public String toString() {
    return ranges.stream()
        .map(r -> r.inside + " " + r.outside + " " + r.count)
        .collect(Collectors.joining(" "));
  }
}
