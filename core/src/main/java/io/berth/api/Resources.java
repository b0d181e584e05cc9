package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a container may use at most, as {@code docker run} and {@code docker update} name it. What
 * is empty is not limited.
 *
 * <pre>{@code
 * Resources resources = Resources.builder().memory(256L << 20).cpus(1.5).pids(100).build();
 * }</pre>
 *
 * @param memory bytes
 * @param memorySwap bytes of memory and swap together; -1 for unlimited swap
 * @param memoryReservation bytes that are left to it under pressure
 * @param memorySwappiness 0 to 100 (cgroup v1)
 * @param oomKillDisable whether the kernel lets it wait rather than kill (cgroup v1)
 * @param nanoCpus billionths of a CPU
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds of CPU time in each period
 * @param cpuShares weight against others; 1024 is usual
 * @param cpuRealtimePeriod microseconds (cgroup v1, of kernels with real-time groups)
 * @param cpuRealtimeRuntime microseconds that real-time processes may use of each such period
 * @param cpusetCpus CPUs, as in {@code 0-2,7}
 * @param cpusetMems memory nodes, same form
 * @param pids processes and threads; -1 for unlimited
 * @param blkioWeight 10 to 1000
 * @param throttles limits of single block devices, and their weights
 */
public record Resources(
    Optional<Long> memory,
    Optional<Long> memorySwap,
    Optional<Long> memoryReservation,
    Optional<Long> memorySwappiness,
    boolean oomKillDisable,
    Optional<Long> nanoCpus,
    Optional<Long> cpuPeriod,
    Optional<Long> cpuQuota,
    Optional<Long> cpuShares,
    Optional<Long> cpuRealtimePeriod,
    Optional<Long> cpuRealtimeRuntime,
    Optional<String> cpusetCpus,
    Optional<String> cpusetMems,
    Optional<Long> pids,
    Optional<Long> blkioWeight,
    List<Throttle> throttles) {

  /** The unit of a {@link Throttle}. */
  public enum ThrottleKind {
    READ_BPS,
    WRITE_BPS,
    READ_IOPS,
    WRITE_IOPS,
    /** 10 to 1000, against others that use the device. */
    WEIGHT
  }

  /**
   * @param device its path, such as {@code /dev/sda}
   * @param rate bytes or operations a second, or a weight
   */
  public record Throttle(ThrottleKind kind, String device, long rate) {}

  public Resources {
    throttles = List.copyOf(throttles);
    least("memory", memory, 6L << 20);
    if (nanoCpus.isPresent() && (cpuQuota.isPresent() || cpuPeriod.isPresent())) {
      throw new InvalidInputException(
          "A number of CPUs and a CPU quota or period are both given; they say the same: give one");
    }
  }

  private static void least(String name, Optional<Long> value, long least) {
    if (value.isPresent() && value.get() < least) {
      throw new InvalidInputException(
          "Invalid " + name + " limit " + value.get() + ": the least is " + least);
    }
  }

  public static Resources none() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** These, with the values that others give in place of theirs. */
  public Resources with(Resources changes) {
    boolean cpus = changes.nanoCpus.isPresent();
    boolean quota = changes.cpuQuota.isPresent() || changes.cpuPeriod.isPresent();
    return new Resources(
        changes.memory.or(() -> memory),
        changes.memorySwap.or(() -> memorySwap),
        changes.memoryReservation.or(() -> memoryReservation),
        changes.memorySwappiness.or(() -> memorySwappiness),
        changes.oomKillDisable || oomKillDisable,
        quota ? Optional.empty() : changes.nanoCpus.or(() -> nanoCpus),
        cpus ? Optional.empty() : changes.cpuPeriod.or(() -> cpuPeriod),
        cpus ? Optional.empty() : changes.cpuQuota.or(() -> cpuQuota),
        changes.cpuShares.or(() -> cpuShares),
        changes.cpuRealtimePeriod.or(() -> cpuRealtimePeriod),
        changes.cpuRealtimeRuntime.or(() -> cpuRealtimeRuntime),
        changes.cpusetCpus.or(() -> cpusetCpus),
        changes.cpusetMems.or(() -> cpusetMems),
        changes.pids.or(() -> pids),
        changes.blkioWeight.or(() -> blkioWeight),
        changes.throttles.isEmpty() ? throttles : changes.throttles);
  }

  /** Collects limits. */
  public static final class Builder {
    private Optional<Long> memory = Optional.empty();
    private Optional<Long> memorySwap = Optional.empty();
    private Optional<Long> memoryReservation = Optional.empty();
    private Optional<Long> memorySwappiness = Optional.empty();
    private boolean oomKillDisable;
    private Optional<Long> nanoCpus = Optional.empty();
    private Optional<Long> cpuPeriod = Optional.empty();
    private Optional<Long> cpuQuota = Optional.empty();
    private Optional<Long> cpuShares = Optional.empty();
    private Optional<Long> cpuRealtimePeriod = Optional.empty();
    private Optional<Long> cpuRealtimeRuntime = Optional.empty();
    private Optional<String> cpusetCpus = Optional.empty();
    private Optional<String> cpusetMems = Optional.empty();
    private Optional<Long> pids = Optional.empty();
    private Optional<Long> blkioWeight = Optional.empty();
    private final List<Throttle> throttles = new ArrayList<>();

    private Builder() {}

    public Builder memory(long bytes) {
      memory = Optional.of(bytes);
      return this;
    }

    public Builder memorySwap(long bytes) {
      memorySwap = Optional.of(bytes);
      return this;
    }

    public Builder memoryReservation(long bytes) {
      memoryReservation = Optional.of(bytes);
      return this;
    }

    public Builder memorySwappiness(long value) {
      memorySwappiness = Optional.of(value);
      return this;
    }

    public Builder oomKillDisable(boolean disable) {
      oomKillDisable = disable;
      return this;
    }

    public Builder cpus(double count) {
      return nanoCpus(Math.round(count * 1e9));
    }

    public Builder nanoCpus(long count) {
      nanoCpus = Optional.of(count);
      return this;
    }

    public Builder cpuPeriod(long microseconds) {
      cpuPeriod = Optional.of(microseconds);
      return this;
    }

    public Builder cpuQuota(long microseconds) {
      cpuQuota = Optional.of(microseconds);
      return this;
    }

    public Builder cpuShares(long shares) {
      cpuShares = Optional.of(shares);
      return this;
    }

    public Builder cpuRealtimePeriod(long microseconds) {
      cpuRealtimePeriod = Optional.of(microseconds);
      return this;
    }

    public Builder cpuRealtimeRuntime(long microseconds) {
      cpuRealtimeRuntime = Optional.of(microseconds);
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
      pids = Optional.of(count);
      return this;
    }

    public Builder blkioWeight(long weight) {
      blkioWeight = Optional.of(weight);
      return this;
    }

    public Builder throttle(ThrottleKind kind, String device, long rate) {
      throttles.add(new Throttle(kind, device, rate));
      return this;
    }

    public Resources build() {
      return new Resources(
          memory,
          memorySwap,
          memoryReservation,
          memorySwappiness,
          oomKillDisable,
          nanoCpus,
          cpuPeriod,
          cpuQuota,
          cpuShares,
          cpuRealtimePeriod,
          cpuRealtimeRuntime,
          cpusetCpus,
          cpusetMems,
          pids,
          blkioWeight,
          throttles);
    }
  }
}
