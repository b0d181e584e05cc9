package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.runtime.cgroup.Limits.DeviceLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns limits into the files to write, with the values that runc would write. */
final class LimitWrites {
  /** Whether a file must be there. */
  enum Need {
    REQUIRED,
    /** Kernels without the feature go on, with a warning, as in Docker. */
    WARN,
    /** It was not asked for in so many words. */
    SILENT
  }

  /**
   * One value for one file of a controller.
   *
   * @param value what to write where the file is there
   * @param other another file, and its value, where it is not
   */
  record Write(String controller, String file, String value, Optional<Write> other, Need need) {
    Write(String controller, String file, String value) {
      this(controller, file, value, Optional.empty(), Need.REQUIRED);
    }

    Write or(String otherFile, String otherValue) {
      Write write = new Write(controller, otherFile, otherValue);
      return new Write(controller, file, value, Optional.of(write), need);
    }

    Write when(Need needed) {
      return new Write(controller, file, value, other, needed);
    }
  }

  /** How much of a period real-time processes may use: as much as the group above has. */
  static final String REALTIME = "cpu.rt_runtime_us";

  private LimitWrites() {}

  static List<Write> v1(Limits limits) {
    List<Write> writes = new ArrayList<>();
    // The kernel wants memory <= memory and swap at any time, and both start as unlimited.
    limits.memory().ifPresent(v -> add(writes, "memory", "memory.limit_in_bytes", v));
    swap(limits)
        .ifPresent(
            total ->
                writes.add(
                    new Write("memory", "memory.memsw.limit_in_bytes", Long.toString(total))
                        .when(swapNeed(limits))));
    limits
        .memoryReservation()
        .ifPresent(v -> add(writes, "memory", "memory.soft_limit_in_bytes", v));
    limits.memorySwappiness().ifPresent(v -> add(writes, "memory", "memory.swappiness", v));
    if (limits.oomKillDisable()) {
      add(writes, "memory", "memory.oom_control", 1);
    }
    limits.cpuShares().ifPresent(v -> add(writes, "cpu", "cpu.shares", v));
    limits.realtimePeriod().ifPresent(v -> add(writes, "cpu", "cpu.rt_period_us", v));
    limits.realtimeRuntime().ifPresent(v -> add(writes, "cpu", REALTIME, v));
    limits.cpuPeriod().ifPresent(v -> add(writes, "cpu", "cpu.cfs_period_us", v));
    limits.cpuQuota().ifPresent(v -> add(writes, "cpu", "cpu.cfs_quota_us", v));
    limits.cpusetCpus().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.cpus", v)));
    limits.cpusetMems().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.mems", v)));
    limits.pids().ifPresent(v -> writes.add(new Write("pids", "pids.max", max(v))));
    limits.blkioWeight().ifPresent(v -> writes.add(v1Weight("weight", Long.toString(v))));
    limits.devices().forEach(d -> writes.add(v1Device(d)));
    return writes;
  }

  private static Write v1Weight(String file, String value) {
    return new Write("blkio", "blkio." + file, value)
        .or("blkio.bfq." + file, value)
        .when(Need.WARN);
  }

  private static Write v1Device(DeviceLimit limit) {
    String value = limit.major() + ":" + limit.minor() + " " + limit.value();
    String throttle = "blkio.throttle.";
    return switch (limit.kind()) {
      case WEIGHT -> v1Weight("weight_device", value);
      case READ_BPS -> new Write("blkio", throttle + "read_bps_device", value);
      case WRITE_BPS -> new Write("blkio", throttle + "write_bps_device", value);
      case READ_IOPS -> new Write("blkio", throttle + "read_iops_device", value);
      case WRITE_IOPS -> new Write("blkio", throttle + "write_iops_device", value);
    };
  }

  static List<Write> v2(Limits limits) {
    if (limits.realtimePeriod().isPresent() || limits.realtimeRuntime().isPresent()) {
      throw new BerthException(
          "Real-time CPU limits are asked for, but cgroup v2 has none; leave them out, or boot with"
              + " cgroup v1 and a kernel with CONFIG_RT_GROUP_SCHED");
    }
    List<Write> writes = new ArrayList<>();
    limits.memory().ifPresent(v -> add(writes, "memory", "memory.max", v));
    swap(limits)
        .ifPresent(
            total ->
                writes.add(
                    new Write(
                            "memory",
                            "memory.swap.max",
                            total == -1 ? "max" : max(total - limits.memory().getAsLong()))
                        .when(swapNeed(limits))));
    limits.memoryReservation().ifPresent(v -> add(writes, "memory", "memory.low", v));
    limits
        .memorySwappiness()
        .ifPresent(
            v ->
                writes.add(
                    new Write("memory", "memory.swappiness", Long.toString(v)).when(Need.WARN)));
    if (limits.oomKillDisable()) {
      writes.add(new Write("memory", "memory.oom_control", "1").when(Need.WARN));
    }
    limits.cpuShares().ifPresent(v -> add(writes, "cpu", "cpu.weight", weight(v)));
    if (limits.cpuQuota().isPresent() || limits.cpuPeriod().isPresent()) {
      String quota = limits.cpuQuota().isPresent() ? "" + limits.cpuQuota().getAsLong() : "max";
      long period = limits.cpuPeriod().orElse(Limits.DEFAULT_PERIOD);
      writes.add(new Write("cpu", "cpu.max", quota + " " + period));
    }
    limits.cpusetCpus().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.cpus", v)));
    limits.cpusetMems().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.mems", v)));
    limits.pids().ifPresent(v -> writes.add(new Write("pids", "pids.max", max(v))));
    limits.blkioWeight().ifPresent(v -> writes.add(v2Weight("", v)));
    limits.devices().forEach(d -> writes.add(v2Device(d)));
    return writes;
  }

  private static Write v2Weight(String device, long weight) {
    return new Write("io", "io.bfq.weight", device + weight)
        .or("io.weight", device + ioWeight(weight))
        .when(Need.WARN);
  }

  private static Write v2Device(DeviceLimit limit) {
    String device = limit.major() + ":" + limit.minor() + " ";
    return switch (limit.kind()) {
      case WEIGHT -> v2Weight(device, limit.value());
      case READ_BPS -> new Write("io", "io.max", device + "rbps=" + limit.value());
      case WRITE_BPS -> new Write("io", "io.max", device + "wbps=" + limit.value());
      case READ_IOPS -> new Write("io", "io.max", device + "riops=" + limit.value());
      case WRITE_IOPS -> new Write("io", "io.max", device + "wiops=" + limit.value());
    };
  }

  /** Where no limit of swap is given, a limit of memory allows as much swap again, as in Docker. */
  private static Optional<Long> swap(Limits limits) {
    if (limits.memorySwap().isPresent()) {
      return Optional.of(limits.memorySwap().getAsLong());
    }
    boolean doubles =
        limits.memory().isPresent() && limits.memory().getAsLong() <= Long.MAX_VALUE / 2;
    return doubles ? Optional.of(2 * limits.memory().getAsLong()) : Optional.empty();
  }

  private static Need swapNeed(Limits limits) {
    return limits.memorySwap().isPresent() ? Need.WARN : Need.SILENT;
  }

  /** A weight of 10 to 1000 on the scale of 1 to 10000, as runc maps it. */
  static long ioWeight(long weight) {
    return 1 + (weight - 10) * 9999 / 990;
  }

  /**
   * Shares (2 to 262144, usually 1024) as weight (1 to 10000, usually 100): the curve through these
   * three points that runc uses now; its older straight line made 39 of 1024.
   */
  static long weight(long shares) {
    if (shares <= 2) {
      return 1;
    }
    if (shares >= 262_144) {
      return 10_000;
    }
    double log = Math.log(shares) / Math.log(2);
    double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
    // A hair below, since the exact 100 may come out as 100.00000000000001.
    return (long) Math.ceil(Math.pow(10, exponent) - 1e-9);
  }

  private static void add(List<Write> writes, String controller, String file, long value) {
    writes.add(new Write(controller, file, Long.toString(value)));
  }

  private static String max(long value) {
    return value < 0 ? "max" : Long.toString(value);
  }
}
