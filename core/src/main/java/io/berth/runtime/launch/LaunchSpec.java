package io.berth.runtime.launch;

import io.berth.error.InvalidInputException;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.SeccompProfile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the launcher is to do, resolved and in order, as the records that it reads: u32
 * tag, u32 length, payload, with strings that end in NUL. Mounts, devices, links, masks and sysctls
 * are done in the order they are added.
 */
public final class LaunchSpec {
  private static final int NETWORK = 40;
  private static final int WITHIN = 4;

  private final byte[] records;
  private final List<Integer> descriptors;
  private final Optional<Portable> portable;

  private LaunchSpec(byte[] records, List<Integer> descriptors, Optional<Portable> portable) {
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
    Builder more = new Builder();
    more.out.writeBytes(records);
    more.strings(
        60,
        List.of(
            runtime.toString(),
            state.toString(),
            bundle.toString(),
            ownCgroups ? "runtime" : "engine"));
    return new LaunchSpec(more.out.toByteArray(), descriptors, portable);
  }

  /** Begins a spec with what every container has. */
  public static Builder builder(String id, Path directory) {
    return new Builder().string(1, id).string(4, directory.toString());
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
    return new Builder()
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

  /** Collects records; each method adds one. */
  public static final class Builder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(8192);

    private final List<Integer> descriptors = new ArrayList<>();
    private Optional<Portable> portable = Optional.empty();

    private Builder() {}

    /** Besides the records, for other runtimes. */
    public Builder portable(Portable value) {
      portable = Optional.of(value);
      return this;
    }

    public Builder namespaces(Iterable<Namespace> all) {
      int flags = 0;
      for (Namespace n : all) {
        flags |= n.flag;
      }
      return record(2, Frame.allocate(4).putInt(flags));
    }

    public Builder flags(Iterable<Flag> all) {
      int flags = 0;
      for (Flag f : all) {
        flags |= 1 << f.ordinal();
      }
      return record(3, Frame.allocate(4).putInt(flags));
    }

    /** A {@code cgroup.procs} file to join (cgroup v1). */
    public Builder joinCgroup(Path procs) {
      return string(5, procs.toString());
    }

    /** The directory to be born in (cgroup v2, CLONE_INTO_CGROUP). */
    public Builder bornInCgroup(Path directory) {
      return string(6, directory.toString());
    }

    /** A cgroup directory that the monitor removes at the end. */
    public Builder removeCgroup(Path directory) {
      return string(7, directory.toString());
    }

    /** A file with a line {@code oom_kill N}. */
    public Builder oomEvents(Path file) {
      return string(8, file.toString());
    }

    /**
     * The root file system, mounted from inside a base directory so that paths in the options may
     * be relative to it.
     *
     * @param type as in mount(2), or {@code bind}, or the path of a program that mounts it
     */
    public Builder root(Path base, String type, String source, Path target, String options) {
      return strings(9, List.of(base.toString(), type, source, target.toString(), options));
    }

    /**
     * A mount inside the root.
     *
     * @param flags as in mount(2)
     */
    public Builder mount(
        MountKind kind, String type, String source, String target, long flags, String options) {
      return record(
          10,
          Frame.allocate(12).putLong(flags).putInt(kind.ordinal()),
          type,
          source,
          target,
          options);
    }

    /** A device node; mode with its type bits. */
    public Builder device(String path, int mode, int major, int minor, int uid, int gid) {
      return record(
          11,
          Frame.allocate(20).putInt(mode).putInt(major).putInt(minor).putInt(uid).putInt(gid),
          path);
    }

    public Builder symlink(String target, String path) {
      return strings(12, List.of(target, path));
    }

    /** Hides a path: a file behind /dev/null, a directory behind an empty one. */
    public Builder mask(String path) {
      return string(13, path);
    }

    public Builder readOnly(String path) {
      return string(14, path);
    }

    /** A kernel parameter, by its file below /proc/sys. */
    public Builder sysctl(String file, String value) {
      return strings(15, List.of(file, value));
    }

    public Builder hostname(String name) {
      return string(16, name);
    }

    public Builder domainname(String name) {
      return string(17, name);
    }

    public Builder args(List<String> args) {
      args.forEach(a -> string(18, a));
      return this;
    }

    /** {@code NAME=value} strings. */
    public Builder env(Iterable<String> env) {
      env.forEach(e -> string(19, e));
      return this;
    }

    public Builder workdir(String path) {
      return string(20, path);
    }

    public Builder user(int uid, int gid, int umask) {
      return record(21, Frame.allocate(12).putInt(uid).putInt(gid).putInt(umask));
    }

    public Builder group(int gid) {
      return record(22, Frame.allocate(4).putInt(gid));
    }

    /** Bit masks of capability numbers. */
    public Builder capabilities(
        long bounding, long effective, long permitted, long inheritable, long ambient) {
      return record(
          23,
          Frame.allocate(40)
              .putLong(bounding)
              .putLong(effective)
              .putLong(permitted)
              .putLong(inheritable)
              .putLong(ambient));
    }

    /**
     * A system call filter.
     *
     * @param flags of seccomp(2), such as SECCOMP_FILTER_FLAG_SPEC_ALLOW
     * @param program classic BPF, as an array of struct sock_filter
     */
    public Builder seccomp(int flags, byte[] program) {
      return record(24, Frame.allocate(4 + program.length).putInt(flags).put(program));
    }

    /**
     * A resource limit.
     *
     * @param resource as in getrlimit(2)
     */
    public Builder rlimit(int resource, long soft, long hard) {
      return record(25, Frame.allocate(20).putInt(resource).putLong(soft).putLong(hard));
    }

    public Builder oomScoreAdjust(int value) {
      return record(26, Frame.allocate(4).putInt(value));
    }

    /**
     * Keeps a log, in Docker's json-file format.
     *
     * @param maxSize of one file, in bytes; 0 for no limit
     * @param files how many to keep
     * @param compress whether those before the last are compressed
     * @param attributes a member of each line's JSON object with its comma, or empty
     */
    public Builder log(long maxSize, int files, boolean compress, String attributes) {
      return record(
          27,
          Frame.allocate(16).putLong(maxSize).putInt(files).putInt(compress ? 1 : 0),
          attributes);
    }

    /** A namespace to join rather than make, by its file, such as {@code /proc/1/ns/ipc}. */
    public Builder join(Namespace namespace, Path file) {
      return record(28, Frame.allocate(4).putInt(namespace.flag), file.toString());
    }

    /** Runs in the container of this init, whose directory is the parent of this one's. */
    public Builder exec(int init) {
      return record(29, Frame.allocate(4).putInt(init));
    }

    /**
     * Starts the container again when it ends.
     *
     * @param policy 1 on failure, 2 always, 3 unless stopped
     * @param maxRetries 0 for no limit
     */
    public Builder restart(int policy, int maxRetries) {
      return record(30, Frame.allocate(8).putInt(policy).putInt(maxRetries));
    }

    /**
     * Has the monitor write what happens to a journal.
     *
     * @param actor a JSON object with ID and Attributes, without its last two braces
     */
    public Builder events(Path journal, String actor) {
      return strings(31, List.of(journal.toString(), actor));
    }

    /** Has the monitor check the container's health. */
    public Builder health(
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries,
        List<String> args) {
      record(
          32,
          Frame.allocate(36)
              .putLong(interval.toMillis())
              .putLong(timeout.toMillis())
              .putLong(startPeriod.toMillis())
              .putLong(startInterval.toMillis())
              .putInt(retries));
      args.forEach(a -> string(33, a));
      return this;
    }

    /**
     * What a security module is told at exec.
     *
     * @param file below /proc/self/attr
     */
    public Builder label(String file, String value) {
      return strings(34, List.of(file, value));
    }

    /**
     * Has the monitor write an event of the same actor before it starts the process.
     *
     * @param action escaped as the inside of a JSON string
     */
    public Builder action(String action) {
      return string(35, action);
    }

    /**
     * Has the monitor take back at the end what {@code net/files} and {@code net/rules} in the
     * container's directory say, and hold sockets for it.
     *
     * @param resolver whether the container's names are resolved by the monitor's helper
     * @param redirected whether a rule leads port 53 to that, or it listens there itself
     * @param namespaces descriptors of this process: the namespace to join, where that has no path
     *     ({@link #join}), that of the bridges, and what keeps that; or none
     * @param sockets descriptors of this process
     */
    public Builder network(
        boolean resolver, boolean redirected, List<Integer> namespaces, List<Integer> sockets) {
      descriptors.addAll(namespaces);
      descriptors.addAll(sockets);
      int flags = networkFlags(resolver, redirected) | (namespaces.isEmpty() ? 0 : WITHIN);
      return record(
          NETWORK, Frame.allocate(8).putInt(flags).putInt(namespaces.size() + sockets.size()));
    }

    public LaunchSpec build() {
      return new LaunchSpec(out.toByteArray(), descriptors, portable);
    }

    private Builder string(int tag, String text) {
      return strings(tag, List.of(text));
    }

    private Builder strings(int tag, List<String> texts) {
      return record(tag, Frame.allocate(0), texts.toArray(String[]::new));
    }

    private Builder record(int tag, ByteBuffer fixed, String... texts) {
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      payload.writeBytes(fixed.array());
      for (String text : texts) {
        if (text.indexOf(0) >= 0) {
          throw new InvalidInputException(
              "NUL character in " + text.replace("\0", "\\0") + ": a container cannot take it");
        }
        payload.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        payload.write(0);
      }
      out.writeBytes(Frame.allocate(8).putInt(tag).putInt(payload.size()).array());
      out.writeBytes(payload.toByteArray());
      return this;
    }
  }
}
