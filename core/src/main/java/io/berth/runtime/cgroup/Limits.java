package io.berth.runtime.cgroup;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container may use at most. What is empty is not limited and not written.
 *
 * <pre>{@code
 * Limits limits = Limits.builder().memory(256L << 20).cpus(1.5).pids(100).build();
 * }</pre>
 *
 * @param memory bytes
 * @param memorySwap bytes of memory and swap together, -1 for unlimited swap
 * @param memoryReservation bytes that are left to the container under pressure
 * @param cpuQuota microseconds of CPU time per period
 * @param cpuPeriod microseconds
 * @param cpuShares weight against others, 2 to 262144; 1024 is usual
 * @param realtimePeriod microseconds (v1)
 * @param realtimeRuntime microseconds of real-time processes per such period (v1)
 * @param cpusetCpus CPUs as in {@code 0-2,7}
 * @param cpusetMems memory nodes, same form
 * @param pids processes and threads, -1 for unlimited
 * @param memorySwappiness 0 to 100 (v1)
 * @param oomKillDisable whether processes wait for memory rather than be killed (v1)
 * @param blkioWeight against others, 10 to 1000
 * @param devices limits of single block devices
 */
public record Limits(
    OptionalLong memory,
    OptionalLong memorySwap,
    OptionalLong memoryReservation,
    OptionalLong cpuQuota,
    OptionalLong cpuPeriod,
    OptionalLong cpuShares,
    OptionalLong realtimePeriod,
    OptionalLong realtimeRuntime,
    Optional<String> cpusetCpus,
    Optional<String> cpusetMems,
    OptionalLong pids,
    OptionalLong memorySwappiness,
    boolean oomKillDisable,
    OptionalLong blkioWeight,
    List<DeviceLimit> devices) {
  /** What is limited of a block device. */
  public enum DeviceLimitKind {
    WEIGHT,
    READ_BPS,
    WRITE_BPS,
    READ_IOPS,
    WRITE_IOPS
  }

  /**
   * @param value a weight, or bytes or operations a second
   */
  public record DeviceLimit(DeviceLimitKind kind, int major, int minor, long value) {}

  /** The period of the kernel and of Docker when none is asked for. */
  static final long DEFAULT_PERIOD = 100_000;

  /** The kernel's. */
  static final long DEFAULT_REALTIME_PERIOD = 1_000_000;

  private static final String SET = "\\d+(-\\d+)?(,\\d+(-\\d+)?)*";

  public Limits {
    positive("memory", memory);
    positive("memory reservation", memoryReservation);
    range("CPU quota", cpuQuota, 1000, Long.MAX_VALUE);
    range("CPU period", cpuPeriod, 1000, 1_000_000);
    range("CPU shares", cpuShares, 2, 262_144);
    range("real-time period", realtimePeriod, 1, 1L << 32);
    range("real-time runtime", realtimeRuntime, 1, realtimePeriod.orElse(DEFAULT_REALTIME_PERIOD));
    set("cpuset cpus", cpusetCpus);
    set("cpuset mems", cpusetMems);
    range("pids", pids, -1, 1L << 22);
    range("memory swappiness", memorySwappiness, 0, 100);
    range("block IO weight", blkioWeight, 10, 1000);
    devices = List.copyOf(devices);
    for (DeviceLimit device : devices) {
      boolean weight = device.kind() == DeviceLimitKind.WEIGHT;
      range(
          "a block device",
          OptionalLong.of(device.value()),
          weight ? 10 : 1,
          weight ? 1000 : Long.MAX_VALUE);
    }
    range("memory and swap", memorySwap, -1, Long.MAX_VALUE);
    Objects.requireNonNull(memorySwap, "memorySwap");
    if (memorySwap.isPresent() && memorySwap.getAsLong() != -1) {
      if (memory.isEmpty()) {
        throw new InvalidInputException(
            "A limit of memory and swap needs a limit of memory; set memory too");
      }
      if (memorySwap.getAsLong() < memory.getAsLong()) {
        throw new InvalidInputException(
            "Memory and swap together ("
                + memorySwap.getAsLong()
                + ") are less than memory ("
                + memory.getAsLong()
                + "); give their sum");
      }
    }
  }

  public static Limits none() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  private static void positive(String name, OptionalLong value) {
    range(name, value, 1, Long.MAX_VALUE);
  }

  private static void range(String name, OptionalLong value, long min, long max) {
    if (value.isPresent() && (value.getAsLong() < min || value.getAsLong() > max)) {
      throw new InvalidInputException(
          "Limit of " + name + " is " + value.getAsLong() + "; use " + min + " to " + max);
    }
  }

  private static void set(String name, Optional<String> value) {
    if (value.isPresent() && !value.get().matches(SET)) {
      throw new InvalidInputException(
          "Limit of " + name + " is \"" + value.get() + "\"; use a form such as 0-2,7");
    }
  }

  /** Collects limits. */
  public static final class Builder {
    private OptionalLong memory = OptionalLong.empty();
    private OptionalLong memorySwap = OptionalLong.empty();
    private OptionalLong memoryReservation = OptionalLong.empty();
    private OptionalLong cpuQuota = OptionalLong.empty();
    private OptionalLong cpuPeriod = OptionalLong.empty();
    private OptionalLong cpuShares = OptionalLong.empty();
    private OptionalLong realtimePeriod = OptionalLong.empty();
    private OptionalLong realtimeRuntime = OptionalLong.empty();
    private Optional<String> cpusetCpus = Optional.empty();
    private Optional<String> cpusetMems = Optional.empty();
    private OptionalLong pids = OptionalLong.empty();
    private OptionalLong memorySwappiness = OptionalLong.empty();
    private OptionalLong blkioWeight = OptionalLong.empty();
    private boolean oomKillDisable;
    private final List<DeviceLimit> devices = new ArrayList<>();

    private Builder() {}

    public Builder memory(long bytes) {
      memory = OptionalLong.of(bytes);
      return this;
    }

    public Builder memorySwap(long bytes) {
      memorySwap = OptionalLong.of(bytes);
      return this;
    }

    public Builder memoryReservation(long bytes) {
      memoryReservation = OptionalLong.of(bytes);
      return this;
    }

    /** A number of CPUs, such as 1.5, as quota in the default period. */
    public Builder cpus(double cpus) {
      return cpuQuota(Math.round(cpus * DEFAULT_PERIOD)).cpuPeriod(DEFAULT_PERIOD);
    }

    public Builder cpuQuota(long microseconds) {
      cpuQuota = OptionalLong.of(microseconds);
      return this;
    }

    public Builder cpuPeriod(long microseconds) {
      cpuPeriod = OptionalLong.of(microseconds);
      return this;
    }

    public Builder cpuShares(long shares) {
      cpuShares = OptionalLong.of(shares);
      return this;
    }

    public Builder realtimePeriod(long microseconds) {
      realtimePeriod = OptionalLong.of(microseconds);
      return this;
    }

    public Builder realtimeRuntime(long microseconds) {
      realtimeRuntime = OptionalLong.of(microseconds);
      return this;
    }

    public Builder cpusetCpus(String cpus) {
      cpusetCpus = Optional.of(cpus);
      return this;
    }

    public Builder cpusetMems(String mems) {
      cpusetMems = Optional.of(mems);
      return this;
    }

    public Builder pids(long count) {
      pids = OptionalLong.of(count);
      return this;
    }

    public Builder memorySwappiness(long value) {
      memorySwappiness = OptionalLong.of(value);
      return this;
    }

    public Builder oomKillDisable(boolean disable) {
      oomKillDisable = disable;
      return this;
    }

    public Builder blkioWeight(long weight) {
      blkioWeight = OptionalLong.of(weight);
      return this;
    }

    public Builder device(DeviceLimit limit) {
      devices.add(limit);
      return this;
    }

    public Limits build() {
      return new Limits(
          memory,
          memorySwap,
          memoryReservation,
          cpuQuota,
          cpuPeriod,
          cpuShares,
          realtimePeriod,
          realtimeRuntime,
          cpusetCpus,
          cpusetMems,
          pids,
          memorySwappiness,
          oomKillDisable,
          blkioWeight,
          devices);
    }
  }
}
