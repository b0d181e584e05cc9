package io.berth.runtime.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Turns limits into the files to write, with the values that runc would write. */
final class LimitWrites {
  /** One value for one file of a controller. */
  record Write(String controller, String file, String value) {}

  private LimitWrites() {}

  static List<Write> v1(Limits limits) {
    List<Write> writes = new ArrayList<>();
    // The kernel wants memory <= memory and swap at any time, and both start as unlimited.
    limits.memory().ifPresent(v -> add(writes, "memory", "memory.limit_in_bytes", v));
    limits.memorySwap().ifPresent(v -> add(writes, "memory", "memory.memsw.limit_in_bytes", v));
    limits
        .memoryReservation()
        .ifPresent(v -> add(writes, "memory", "memory.soft_limit_in_bytes", v));
    limits.cpuShares().ifPresent(v -> add(writes, "cpu", "cpu.shares", v));
    limits.cpuPeriod().ifPresent(v -> add(writes, "cpu", "cpu.cfs_period_us", v));
    limits.cpuQuota().ifPresent(v -> add(writes, "cpu", "cpu.cfs_quota_us", v));
    limits.cpusetCpus().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.cpus", v)));
    limits.cpusetMems().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.mems", v)));
    limits.pids().ifPresent(v -> writes.add(new Write("pids", "pids.max", max(v))));
    return writes;
  }

  static List<Write> v2(Limits limits) {
    List<Write> writes = new ArrayList<>();
    limits.memory().ifPresent(v -> add(writes, "memory", "memory.max", v));
    limits
        .memorySwap()
        .ifPresent(
            total ->
                writes.add(
                    new Write(
                        "memory",
                        "memory.swap.max",
                        total == -1 ? "max" : max(total - limits.memory().getAsLong()))));
    limits.memoryReservation().ifPresent(v -> add(writes, "memory", "memory.low", v));
    limits.cpuShares().ifPresent(v -> add(writes, "cpu", "cpu.weight", weight(v)));
    if (limits.cpuQuota().isPresent() || limits.cpuPeriod().isPresent()) {
      String quota = limits.cpuQuota().isPresent() ? "" + limits.cpuQuota().getAsLong() : "max";
      long period = limits.cpuPeriod().orElse(Limits.DEFAULT_PERIOD);
      writes.add(new Write("cpu", "cpu.max", quota + " " + period));
    }
    limits.cpusetCpus().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.cpus", v)));
    limits.cpusetMems().ifPresent(v -> writes.add(new Write("cpuset", "cpuset.mems", v)));
    limits.pids().ifPresent(v -> writes.add(new Write("pids", "pids.max", max(v))));
    return writes;
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
