package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The CPU time of real-time processes (v1). A group may give to those in it only what it has
 * itself, and the shared groups begin with nothing, so they get what a new one needs.
 */
final class RealtimeShare {
  private static final String PERIOD = "cpu.rt_period_us";

  private record Need(Path directory, double share) {}

  private RealtimeShare() {}

  /**
   * Prepares the groups above one for the limits that it is to have.
   *
   * @param base the group that is the host's to give
   */
  static void give(Path base, Path directory, Limits limits) throws IOException {
    if (!Files.exists(directory.resolve(LimitWrites.REALTIME))) {
      throw new BerthException(
          "Real-time CPU limits are asked for, but this kernel has no real-time groups"
              + " (CONFIG_RT_GROUP_SCHED): "
              + directory
              + " has no "
              + LimitWrites.REALTIME
              + "; leave them out");
    }
    double period = limits.realtimePeriod().orElse(Limits.DEFAULT_REALTIME_PERIOD);
    Deque<Need> needs = new ArrayDeque<>();
    double share = limits.realtimeRuntime().orElseThrow() / period;
    for (Path child = directory; !child.getParent().equals(base); child = child.getParent()) {
      share += others(child);
      needs.push(new Need(child.getParent(), share));
    }
    for (Need need : needs) {
      raise(need);
    }
  }

  private static double others(Path child) throws IOException {
    double sum = 0;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(child.getParent(), path -> Files.isDirectory(path))) {
      for (Path other : all) {
        sum += other.equals(child) ? 0 : share(other);
      }
    }
    return sum;
  }

  private static double share(Path directory) {
    String runtime = CgroupFiles.read(directory.resolve(LimitWrites.REALTIME));
    String period = CgroupFiles.read(directory.resolve(PERIOD));
    return runtime.isEmpty() || period.isEmpty() || runtime.equals("-1")
        ? 0
        : Double.parseDouble(runtime) / Double.parseDouble(period);
  }

  private static void raise(Need need) {
    if (share(need.directory()) >= need.share()) {
      return;
    }
    double period = Double.parseDouble(CgroupFiles.read(need.directory().resolve(PERIOD)));
    long runtime = (long) Math.ceil(need.share() * period);
    try {
      CgroupFiles.write(need.directory().resolve(LimitWrites.REALTIME), Long.toString(runtime));
    } catch (IOException e) {
      throw new BerthException(
          "Real-time processes in "
              + need.directory()
              + " cannot have "
              + runtime
              + " of each "
              + (long) period
              + " microseconds ("
              + e
              + "): the host gives them less (sysctl kernel.sched_rt_runtime_us), or other groups"
              + " have it; ask for less",
          e);
    }
  }
}
