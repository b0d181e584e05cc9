package io.berth.linux;

import io.berth.error.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Extended attributes of a name in a directory, or of what a descriptor holds when the name is
 * empty; symlinks are not followed. They go through {@code /proc/self/fd}, since the kernel has no
 * xattr calls relative to a directory before 6.13.
 */
public final class Xattrs {
  private static final int ERANGE = 34;
  private static final String CAPABILITY = "security.capability";

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
    byte[] buffer = new byte[1024];
    Result found = list(dir, name, buffer);
    if (found.result == -ERANGE) {
      found = list(dir, name, new byte[64 << 10]); // XATTR_LIST_MAX
    }
    if (found.result == -Errno.ENOTSUP) {
      return List.of();
    }
    int n = (int) Calls.check(found.result, "llistxattr", name);
    List<String> names = new ArrayList<>();
    for (int start = 0, i = 0; i < n; i++) {
      if (found.bytes[i] == 0) {
        names.add(Names.decode(found.bytes, start, i - start));
        start = i + 1;
      }
    }
    return names;
  }

  private static Result list(Fd dir, String name, byte[] buffer) {
    AgentCall[] asked = new AgentCall[1];
    long n =
        Calls.orAgent(
            dir.access(),
            LibC.llistxattr(path(dir, name), buffer, buffer.length),
            () ->
                asked[0] =
                    AgentCall.of(SyscallNumbers.LISTXATTR_NOFOLLOW)
                        .pathThrough(dir, rest(name))
                        .buffer(buffer.length)
                        .value(buffer.length));
    return new Result(n, asked[0] == null ? buffer : asked[0].output());
  }

  private record Result(long result, byte[] bytes) {}

  public static Optional<byte[]> get(Fd dir, String name, String attribute) {
    Result found = get(dir, name, attribute, new byte[256]);
    if (found.result == -ERANGE) {
      found = get(dir, name, attribute, new byte[64 << 10]); // XATTR_SIZE_MAX
    }
    if (found.result == -Errno.ENODATA || found.result == -Errno.ENOTSUP) {
      return Optional.empty();
    }
    int n = (int) Calls.check(found.result, "lgetxattr", name + " " + attribute);
    return Optional.of(Arrays.copyOf(found.bytes, n));
  }

  private static Result get(Fd dir, String name, String attribute, byte[] buffer) {
    Supplier<AgentCall> call =
        () ->
            AgentCall.of(SyscallNumbers.GETXATTR_NOFOLLOW)
                .pathThrough(dir, rest(name))
                .path(attribute)
                .buffer(buffer.length)
                .value(buffer.length);
    AgentCall[] asked = new AgentCall[1];
    if (attribute.equals(CAPABILITY) && dir.access().agent().isPresent()) {
      asked[0] = call.get(); // out here it would name its user namespace
      long n = dir.access().agent().get().call(asked[0]);
      return new Result(n, asked[0].output());
    }
    long n =
        Calls.orAgent(
            dir.access(),
            LibC.lgetxattr(path(dir, name), Names.path(attribute), buffer, buffer.length),
            () -> asked[0] = call.get());
    return new Result(n, asked[0] == null ? buffer : asked[0].output());
  }

  public static void set(Fd dir, String name, String attribute, byte[] value) {
    Calls.check(
        Calls.orAgent(
            dir.access(),
            LibC.lsetxattr(path(dir, name), Names.path(attribute), value, value.length, 0),
            () ->
                AgentCall.of(SyscallNumbers.SETXATTR_NOFOLLOW)
                    .pathThrough(dir, rest(name))
                    .path(attribute)
                    .bytes(value)
                    .value(value.length)
                    .value(0)),
        "lsetxattr",
        name + " " + attribute);
  }

  public static void remove(Fd dir, String name, String attribute) {
    Calls.check(
        Calls.orAgent(
            dir.access(),
            LibC.lremovexattr(path(dir, name), Names.path(attribute)),
            () ->
                AgentCall.of(SyscallNumbers.REMOVEXATTR_NOFOLLOW)
                    .pathThrough(dir, rest(name))
                    .path(attribute)),
        "lremovexattr",
        name + " " + attribute);
  }

  private static byte[] path(Fd dir, String name) {
    return Names.path(dir.procPath() + rest(name));
  }

  /** Without a name the magic link itself must be followed: "/." does it for directories. */
  private static String rest(String name) {
    return name.isEmpty() ? "/." : "/" + name;
  }
}
