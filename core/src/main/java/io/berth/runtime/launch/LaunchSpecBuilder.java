package io.berth.runtime.launch;

import io.berth.error.InvalidInputException;
import io.berth.runtime.launch.LaunchSpec.Flag;
import io.berth.runtime.launch.LaunchSpec.MountKind;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import io.berth.runtime.launch.LaunchSpec.Portable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects the records of a {@link LaunchSpec}; each method adds one. Mounts, devices, links, masks
 * and sysctls are done in the order they are added.
 */
public final class LaunchSpecBuilder {
  private static final int NETWORK = 40;
  private static final int WITHIN = 4;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(8192);

  private final List<Integer> descriptors = new ArrayList<>();
  private Optional<Portable> portable = Optional.empty();

  LaunchSpecBuilder() {}

  /** Besides the records, for other runtimes. */
  public LaunchSpecBuilder portable(Portable value) {
    portable = Optional.of(value);
    return this;
  }

  public LaunchSpecBuilder namespaces(Iterable<Namespace> all) {
    int flags = 0;
    for (Namespace n : all) {
      flags |= n.flag();
    }
    return record(2, Frame.allocate(4).putInt(flags));
  }

  public LaunchSpecBuilder flags(Iterable<Flag> all) {
    int flags = 0;
    for (Flag f : all) {
      flags |= 1 << f.ordinal();
    }
    return record(3, Frame.allocate(4).putInt(flags));
  }

  /** A {@code cgroup.procs} file to join (cgroup v1). */
  public LaunchSpecBuilder joinCgroup(Path procs) {
    return string(5, procs.toString());
  }

  /** The directory to be born in (cgroup v2, CLONE_INTO_CGROUP). */
  public LaunchSpecBuilder bornInCgroup(Path directory) {
    return string(6, directory.toString());
  }

  /** A cgroup directory that the monitor removes at the end. */
  public LaunchSpecBuilder removeCgroup(Path directory) {
    return string(7, directory.toString());
  }

  /** A file with a line {@code oom_kill N}. */
  public LaunchSpecBuilder oomEvents(Path file) {
    return string(8, file.toString());
  }

  /**
   * The root file system, mounted from inside a base directory so that paths in the options may be
   * relative to it.
   *
   * @param type as in mount(2), or {@code bind}, or the path of a program that mounts it
   */
  public LaunchSpecBuilder root(
      Path base, String type, String source, Path target, String options) {
    return strings(9, List.of(base.toString(), type, source, target.toString(), options));
  }

  /**
   * A mount inside the root.
   *
   * @param flags as in mount(2)
   */
  public LaunchSpecBuilder mount(
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
  public LaunchSpecBuilder device(String path, int mode, int major, int minor, int uid, int gid) {
    return record(
        11,
        Frame.allocate(20).putInt(mode).putInt(major).putInt(minor).putInt(uid).putInt(gid),
        path);
  }

  public LaunchSpecBuilder symlink(String target, String path) {
    return strings(12, List.of(target, path));
  }

  /** Hides a path: a file behind /dev/null, a directory behind an empty one. */
  public LaunchSpecBuilder mask(String path) {
    return string(13, path);
  }

  public LaunchSpecBuilder readOnly(String path) {
    return string(14, path);
  }

  /** A kernel parameter, by its file below /proc/sys. */
  public LaunchSpecBuilder sysctl(String file, String value) {
    return strings(15, List.of(file, value));
  }

  public LaunchSpecBuilder hostname(String name) {
    return string(16, name);
  }

  public LaunchSpecBuilder domainname(String name) {
    return string(17, name);
  }

  public LaunchSpecBuilder args(List<String> args) {
    args.forEach(a -> string(18, a));
    return this;
  }

  /** {@code NAME=value} strings. */
  public LaunchSpecBuilder env(Iterable<String> env) {
    env.forEach(e -> string(19, e));
    return this;
  }

  public LaunchSpecBuilder workdir(String path) {
    return string(20, path);
  }

  public LaunchSpecBuilder user(int uid, int gid, int umask) {
    return record(21, Frame.allocate(12).putInt(uid).putInt(gid).putInt(umask));
  }

  public LaunchSpecBuilder group(int gid) {
    return record(22, Frame.allocate(4).putInt(gid));
  }

  /** Bit masks of capability numbers. */
  public LaunchSpecBuilder capabilities(
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
  public LaunchSpecBuilder seccomp(int flags, byte[] program) {
    return record(24, Frame.allocate(4 + program.length).putInt(flags).put(program));
  }

  /**
   * A resource limit.
   *
   * @param resource as in getrlimit(2)
   */
  public LaunchSpecBuilder rlimit(int resource, long soft, long hard) {
    return record(25, Frame.allocate(20).putInt(resource).putLong(soft).putLong(hard));
  }

  public LaunchSpecBuilder oomScoreAdjust(int value) {
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
  public LaunchSpecBuilder log(long maxSize, int files, boolean compress, String attributes) {
    return record(
        27, Frame.allocate(16).putLong(maxSize).putInt(files).putInt(compress ? 1 : 0), attributes);
  }

  /** A namespace to join rather than make, by its file, such as {@code /proc/1/ns/ipc}. */
  public LaunchSpecBuilder join(Namespace namespace, Path file) {
    return record(28, Frame.allocate(4).putInt(namespace.flag()), file.toString());
  }

  /** Runs in the container of this init, whose directory is the parent of this one's. */
  public LaunchSpecBuilder exec(int init) {
    return record(29, Frame.allocate(4).putInt(init));
  }

  /**
   * Starts the container again when it ends.
   *
   * @param policy 1 on failure, 2 always, 3 unless stopped
   * @param maxRetries 0 for no limit
   */
  public LaunchSpecBuilder restart(int policy, int maxRetries) {
    return record(30, Frame.allocate(8).putInt(policy).putInt(maxRetries));
  }

  /**
   * Has the monitor write what happens to a journal.
   *
   * @param actor a JSON object with ID and Attributes, without its last two braces
   */
  public LaunchSpecBuilder events(Path journal, String actor) {
    return strings(31, List.of(journal.toString(), actor));
  }

  /** Has the monitor check the container's health. */
  public LaunchSpecBuilder health(
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
  public LaunchSpecBuilder label(String file, String value) {
    return strings(34, List.of(file, value));
  }

  /**
   * Has the monitor write an event of the same actor before it starts the process.
   *
   * @param action escaped as the inside of a JSON string
   */
  public LaunchSpecBuilder action(String action) {
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
  public LaunchSpecBuilder network(
      boolean resolver, boolean redirected, List<Integer> namespaces, List<Integer> sockets) {
    descriptors.addAll(namespaces);
    descriptors.addAll(sockets);
    int flags = LaunchSpec.networkFlags(resolver, redirected) | (namespaces.isEmpty() ? 0 : WITHIN);
    return record(
        NETWORK, Frame.allocate(8).putInt(flags).putInt(namespaces.size() + sockets.size()));
  }

  /** Records that are made already. */
  LaunchSpecBuilder records(byte[] records) {
    out.writeBytes(records);
    return this;
  }

  public LaunchSpec build() {
    return new LaunchSpec(out.toByteArray(), descriptors, portable);
  }

  LaunchSpecBuilder string(int tag, String text) {
    return strings(tag, List.of(text));
  }

  LaunchSpecBuilder strings(int tag, List<String> texts) {
    return record(tag, Frame.allocate(0), texts.toArray(String[]::new));
  }

  private LaunchSpecBuilder record(int tag, ByteBuffer fixed, String... texts) {
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
