package io.berth.layers;

import io.berth.linux.FileStatus;
import java.util.Arrays;
import java.util.SortedMap;

/** Comparing files of two trees. */
final class Statuses {
  private Statuses() {}

  /** Whether type, mode and owner are the same: what a root directory has. */
  static boolean sameOwner(FileStatus a, FileStatus b) {
    return a.type() == b.type() && a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
  }

  /** Whether all that statx tells is the same; the size of a directory means nothing. */
  static boolean same(FileStatus a, FileStatus b) {
    return sameOwner(a, b)
        && a.mtime().equals(b.mtime())
        && (a.isDirectory() || a.size() == b.size())
        && a.rdevMajor() == b.rdevMajor()
        && a.rdevMinor() == b.rdevMinor();
  }

  static boolean same(SortedMap<String, byte[]> a, SortedMap<String, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), b.get(e.getKey())));
  }
}
