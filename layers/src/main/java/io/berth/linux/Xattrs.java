package io.berth.linux;

import com.sun.jna.Native;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Extended attributes of a name in a directory, or of what a descriptor holds when the name is
 * empty; symlinks are not followed. They go through {@code /proc/self/fd}, since the kernel has no
 * xattr calls relative to a directory before 6.13.
 */
public final class Xattrs {
  private static final int ERANGE = 34;

  private Xattrs() {}

  /** All attributes, sorted by name; none where the file system has no attributes. */
  public static SortedMap<String, byte[]> all(Fd dir, String name) {
    SortedMap<String, byte[]> all = new TreeMap<>();
    for (String attribute : names(dir, name)) {
      get(dir, name, attribute).ifPresent(value -> all.put(attribute, value));
    }
    return all;
  }

  /**
   * Whether an open file has attributes: cheaper than to ask by name, and most files have none.
   *
   * @param file open for reading or writing, not for its path alone
   */
  public static boolean any(Fd file) {
    // Without a buffer the call tells how much there is.
    return LibC.flistxattr(file.number(), null, 0) > 0;
  }

  public static List<String> names(Fd dir, String name) {
    byte[] path = path(dir, name);
    byte[] buffer = new byte[1024];
    long n = LibC.llistxattr(path, buffer, buffer.length);
    if (n < 0 && Native.getLastError() == ERANGE) {
      buffer = new byte[64 << 10]; // XATTR_LIST_MAX
      n = LibC.llistxattr(path, buffer, buffer.length);
    }
    if (n < 0) {
      int errno = Native.getLastError();
      if (errno == Errno.ENOTSUP) {
        return List.of();
      }
      throw new SystemCallException("llistxattr", name, errno);
    }
    List<String> names = new ArrayList<>();
    for (int start = 0, i = 0; i < n; i++) {
      if (buffer[i] == 0) {
        names.add(Names.decode(buffer, start, i - start));
        start = i + 1;
      }
    }
    return names;
  }

  public static Optional<byte[]> get(Fd dir, String name, String attribute) {
    byte[] path = path(dir, name);
    byte[] key = Names.path(attribute);
    byte[] buffer = new byte[256];
    long n = LibC.lgetxattr(path, key, buffer, buffer.length);
    if (n < 0 && Native.getLastError() == ERANGE) {
      buffer = new byte[64 << 10]; // XATTR_SIZE_MAX
      n = LibC.lgetxattr(path, key, buffer, buffer.length);
    }
    if (n < 0) {
      int errno = Native.getLastError();
      if (errno == Errno.ENODATA || errno == Errno.ENOTSUP) {
        return Optional.empty();
      }
      throw new SystemCallException("lgetxattr", name + " " + attribute, errno);
    }
    return Optional.of(Arrays.copyOf(buffer, (int) n));
  }

  public static void set(Fd dir, String name, String attribute, byte[] value) {
    FileCalls.check(
        LibC.lsetxattr(path(dir, name), Names.path(attribute), value, value.length, 0),
        "lsetxattr",
        name + " " + attribute);
  }

  public static void remove(Fd dir, String name, String attribute) {
    FileCalls.check(
        LibC.lremovexattr(path(dir, name), Names.path(attribute)),
        "lremovexattr",
        name + " " + attribute);
  }

  private static byte[] path(Fd dir, String name) {
    // Without a name the magic link itself must be followed: a trailing "/." does it for
    // directories.
    return Names.path(name.isEmpty() ? dir.procPath() + "/." : dir.procPath() + "/" + name);
  }
}
