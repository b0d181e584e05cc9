package io.berth.server.wire;

import io.berth.api.DeviceSpec;
import io.berth.api.Resources;
import io.berth.api.Resources.ThrottleKind;
import io.berth.api.Ulimit;
import java.util.List;
import java.util.Optional;

/** Limits as documents have them, and back: what the server and its clients understand alike. */
public final class LimitDocuments {
  private LimitDocuments() {}

  /**
   * @param swap memory and swap; 0 where nothing is said of it
   */
  public static ResourceLimits write(
      Resources r,
      long swap,
      String cgroupParent,
      List<DeviceSpec> devices,
      List<String> deviceRules,
      List<Ulimit> ulimits) {
    return new ResourceLimits(
        r.cpuShares().orElse(0L),
        r.memory().orElse(0L),
        r.nanoCpus().orElse(0L),
        cgroupParent,
        r.blkioWeight().orElse(0L).intValue(),
        orNull(
            r.throttles().stream()
                .filter(t -> t.kind() == ThrottleKind.WEIGHT)
                .map(t -> new WeightDevice(t.device(), t.rate()))
                .toList()),
        throttles(r, ThrottleKind.READ_BPS),
        throttles(r, ThrottleKind.WRITE_BPS),
        throttles(r, ThrottleKind.READ_IOPS),
        throttles(r, ThrottleKind.WRITE_IOPS),
        r.cpuPeriod().orElse(0L),
        r.cpuQuota().orElse(0L),
        r.cpuRealtimePeriod().orElse(0L),
        r.cpuRealtimeRuntime().orElse(0L),
        r.cpusetCpus().orElse(""),
        r.cpusetMems().orElse(""),
        orNull(
            devices.stream()
                .map(d -> new DeviceMapping(d.hostPath(), d.containerPath(), d.permissions()))
                .toList()),
        orNull(deviceRules),
        null,
        r.memoryReservation().orElse(0L),
        swap,
        r.memorySwappiness().orElse(null),
        r.oomKillDisable(),
        r.pids().orElse(null),
        orNull(ulimits.stream().map(u -> new UlimitConfig(u.name(), u.hard(), u.soft())).toList()),
        0,
        0,
        0,
        0);
  }

  private static List<ThrottleDevice> throttles(Resources r, ThrottleKind kind) {
    return orNull(
        r.throttles().stream()
            .filter(t -> t.kind() == kind)
            .map(t -> new ThrottleDevice(t.device(), t.rate()))
            .toList());
  }

  /** Null for an empty list, as Go writes one that was never filled. */
  private static <T> List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  /** All that a document says, but for memory and swap, which the two sides read differently. */
  public static Resources.Builder read(ResourceLimits limits) {
    Resources.Builder builder = Resources.builder();
    set(limits.memory()).ifPresent(builder::memory);
    set(limits.memoryReservation()).ifPresent(builder::memoryReservation);
    Optional.ofNullable(limits.memorySwappiness())
        .filter(v -> v >= 0)
        .ifPresent(builder::memorySwappiness);
    builder.oomKillDisable(Boolean.TRUE.equals(limits.oomKillDisable()));
    set(limits.nanoCpus()).ifPresent(builder::nanoCpus);
    set(limits.cpuPeriod()).ifPresent(builder::cpuPeriod);
    set(limits.cpuQuota()).ifPresent(builder::cpuQuota);
    set(limits.cpuShares()).ifPresent(builder::cpuShares);
    set(limits.cpuRealtimePeriod()).ifPresent(builder::cpuRealtimePeriod);
    set(limits.cpuRealtimeRuntime()).ifPresent(builder::cpuRealtimeRuntime);
    text(limits.cpusetCpus()).ifPresent(builder::cpusetCpus);
    text(limits.cpusetMems()).ifPresent(builder::cpusetMems);
    Optional.ofNullable(limits.pidsLimit())
        .filter(v -> v != 0)
        .map(v -> v < 0 ? -1 : v)
        .ifPresent(builder::pids);
    set(limits.blkioWeight()).ifPresent(builder::blkioWeight);
    of(limits.blkioWeightDevice())
        .forEach(d -> builder.throttle(ThrottleKind.WEIGHT, d.path(), d.weight()));
    read(builder, ThrottleKind.READ_BPS, limits.blkioDeviceReadBps());
    read(builder, ThrottleKind.WRITE_BPS, limits.blkioDeviceWriteBps());
    read(builder, ThrottleKind.READ_IOPS, limits.blkioDeviceReadIops());
    read(builder, ThrottleKind.WRITE_IOPS, limits.blkioDeviceWriteIops());
    return builder;
  }

  private static Optional<Long> set(long value) {
    return value == 0 ? Optional.empty() : Optional.of(value);
  }

  private static Optional<String> text(String text) {
    return Optional.ofNullable(text).filter(t -> !t.isEmpty());
  }

  private static <T> List<T> of(List<T> list) {
    return list == null ? List.of() : list;
  }

  private static void read(
      Resources.Builder builder, ThrottleKind kind, List<ThrottleDevice> devices) {
    of(devices).forEach(d -> builder.throttle(kind, d.path(), d.rate()));
  }
}
