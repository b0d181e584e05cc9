package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import io.berth.layers.tar.TarEntry.Segment;
import java.util.ArrayList;
import java.util.List;

/** GNU tar's maps of sparse files (GNU tar manual, "Storing Sparse Files"), checked. */
final class SparseMaps {
  // A map of this many runs is 24 MB of text already; more is an attack on memory.
  static final int MAX_SEGMENTS = 1 << 20;

  private SparseMaps() {}

  /** Pairs of offset and length as they stand one after the other. */
  static List<Segment> ofNumbers(String name, List<Long> numbers) {
    if (numbers.size() % 2 != 0 || numbers.size() / 2 > MAX_SEGMENTS) {
      throw broken(name, "has " + numbers.size() + " numbers");
    }
    List<Segment> segments = new ArrayList<>(numbers.size() / 2);
    for (int i = 0; i < numbers.size(); i += 2) {
      segments.add(new Segment(numbers.get(i), numbers.get(i + 1)));
    }
    return segments;
  }

  /** Adds the pairs of an old GNU header (or its continuation) until an empty one. */
  static void addOldGnu(List<Segment> segments, byte[] block, int offset, int count) {
    for (int i = 0; i < count; i++) {
      int at = offset + 24 * i;
      if (block[at] == 0) {
        return;
      }
      segments.add(
          new Segment(TarHeader.number(block, at, 12), TarHeader.number(block, at + 12, 12)));
    }
  }

  /** Runs must be in order, apart, inside the file, and as long together as what is stored. */
  static void check(String name, List<Segment> segments, long stored, long size) {
    if (segments.size() > MAX_SEGMENTS) {
      throw broken(name, "has more than " + MAX_SEGMENTS + " runs");
    }
    long end = 0;
    long sum = 0;
    for (Segment each : segments) {
      if (each.offset() < end || each.length() < 0 || each.length() > size - each.offset()) {
        throw broken(name, "has the run " + each + " out of order or beyond size " + size);
      }
      end = each.offset() + each.length();
      sum += each.length();
    }
    if (sum != stored) {
      throw broken(name, "names " + sum + " bytes, but " + stored + " are stored");
    }
  }

  static InvalidInputException broken(String name, String why) {
    return new InvalidInputException("Broken tar: sparse map of " + name + " " + why);
  }
}
