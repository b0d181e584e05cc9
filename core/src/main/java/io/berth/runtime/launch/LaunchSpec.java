package io.berth.runtime.launch;

import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.SeccompProfile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the launcher is to do, resolved and in order, as the records that it reads: u32
 * tag, u32 length, payload, with strings that end in NUL.
 */
public final class LaunchSpec {
  private final byte[] records;
  private final List<Integer> descriptors;
  private final Optional<Portable> portable;

  LaunchSpec(byte[] records, List<Integer> descriptors, Optional<Portable> portable) {
    this.records = records;
    this.descriptors = List.copyOf(descriptors);
    this.portable = portable;
  }

  /**
   * What the records hold only in the kernel's form, or what is done before a launch, for runtimes
   * that do it themselves.
   *
   * @param seccomp empty for no filter
   * @param cgroup the path of the container's cgroups from the top of each tree
   */
  public record Portable(
      Optional<SeccompProfile> seccomp,
      CapabilitySet capabilities,
      Limits limits,
      DeviceFilter devices,
      Optional<String> cgroup) {}

  /** One record, to be read again. */
  public record Item(int tag, ByteBuffer data) {
    /** A number of the fixed part, by its offset. */
    public int intAt(int offset) {
      return data.getInt(offset);
    }

    public long longAt(int offset) {
      return data.getLong(offset);
    }

    /** The strings behind a fixed part of so many bytes. */
    public List<String> strings(int fixed) {
      int length = data.limit() - fixed;
      if (length == 0) {
        return List.of();
      }
      byte[] bytes = new byte[length - 1];
      data.get(fixed, bytes);
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
    }
  }

  /** All records, in order; the numbers of their tags are those of berth.h. */
  public List<Item> items() {
    List<Item> items = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(records).order(ByteOrder.nativeOrder());
    while (all.hasRemaining()) {
      int tag = all.getInt();
      int length = all.getInt();
      items.add(new Item(tag, all.slice(all.position(), length).order(ByteOrder.nativeOrder())));
      all.position(all.position() + length);
    }
    return items;
  }

  /** The container's directory. */
  public Path directory() {
    return items().stream()
        .filter(item -> item.tag() == 4)
        .map(item -> Path.of(item.strings(0).get(0)))
        .findFirst()
        .orElseThrow();
  }

  public Optional<Portable> portable() {
    return portable;
  }

  /**
   * The same, to be started by another program rather than by the launcher itself.
   *
   * @param runtime runc or crun
   * @param state where it keeps what it knows
   * @param bundle a directory with the container's config.json
   * @param ownCgroups whether it is to make the cgroups, rather than to be born in those that the
   *     engine has made
   */
  public LaunchSpec by(Path runtime, Path state, Path bundle, boolean ownCgroups) {
    LaunchSpecBuilder more =
        new LaunchSpecBuilder()
            .records(records)
            .strings(
                60,
                List.of(
                    runtime.toString(),
                    state.toString(),
                    bundle.toString(),
                    ownCgroups ? "runtime" : "engine"));
    return new LaunchSpec(more.build().records(), descriptors, portable);
  }

  /** Begins a spec with what every container has. */
  public static LaunchSpecBuilder builder(String id, Path directory) {
    return new LaunchSpecBuilder().string(1, id).string(4, directory.toString());
  }

  /** What the monitor is told of the resolver that it is to have. */
  static int networkFlags(boolean resolver, boolean redirected) {
    return (resolver ? 1 : 0) | (resolver && !redirected ? 2 : 0);
  }

  /** Descriptors that go to the monitor after the records. */
  List<Integer> descriptors() {
    return descriptors;
  }

  byte[] records() {
    return records;
  }

  /** The records of one more cgroup (v1), for a monitor that has its spec already. */
  static byte[] cgroup(Path directory) {
    return new LaunchSpecBuilder()
        .joinCgroup(directory.resolve("tasks"))
        .removeCgroup(directory)
        .build()
        .records();
  }

  /** Namespaces to make; the values are those of clone(2). */
  public enum Namespace {
    MOUNT(0x00020000),
    CGROUP(0x02000000),
    UTS(0x04000000),
    IPC(0x08000000),
    PID(0x20000000),
    NETWORK(0x40000000);

    private final int flag;

    Namespace(int flag) {
      this.flag = flag;
    }

    /** As in clone(2). */
    public int flag() {
      return flag;
    }
  }

  /** Switches; the values are those of berth.h. */
  public enum Flag {
    NO_NEW_PRIVS,
    READ_ONLY_ROOT,
    LOOPBACK,
    STDIN,
    ATTACH,
    OWNED,
    TTY,
    INIT
  }

  /**
   * What is mounted: a file system on a directory, a path of the host, or a path in a snapshot,
   * which is an overlay with its options or a directory.
   */
  public enum MountKind {
    FILE_SYSTEM,
    BIND_DIRECTORY,
    BIND_FILE,
    TREE
  }
}
