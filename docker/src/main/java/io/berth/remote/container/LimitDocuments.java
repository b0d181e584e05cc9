package io.berth.remote.container;

import io.berth.api.DeviceSpec;
import io.berth.api.Resources;
import io.berth.api.Resources.ThrottleKind;
import io.berth.api.Ulimit;
import io.berth.server.wire.DeviceMapping;
import io.berth.server.wire.ResourceLimits;
import io.berth.server.wire.ThrottleDevice;
import io.berth.server.wire.UlimitConfig;
import io.berth.server.wire.WeightDevice;
import java.util.List;
import java.util.Optional;

/** Limits as documents have them, and back. */
final class LimitDocuments {
  private LimitDocuments() {}

  static ResourceLimits write(
      Resources r,
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
        r.throttles().stream()
            .filter(t -> t.kind() == ThrottleKind.WEIGHT)
            .map(t -> new WeightDevice(t.device(), t.rate()))
            .toList(),
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
        devices.stream()
            .map(d -> new DeviceMapping(d.hostPath(), d.containerPath(), d.permissions()))
            .toList(),
        Values.orNull(deviceRules),
        null,
        r.memoryReservation().orElse(0L),
        r.memorySwap().orElse(0L),
        r.memorySwappiness().orElse(null),
        r.oomKillDisable() ? Boolean.TRUE : null,
        r.pids().orElse(null),
        ulimits.stream().map(u -> new UlimitConfig(u.name(), u.hard(), u.soft())).toList(),
        0,
        0,
        0,
        0);
  }

  private static List<ThrottleDevice> throttles(Resources r, ThrottleKind kind) {
    return r.throttles().stream()
        .filter(t -> t.kind() == kind)
        .map(t -> new ThrottleDevice(t.device(), t.rate()))
        .toList();
  }

  static Resources read(ResourceLimits limits) {
    Resources.Builder builder = Resources.builder();
    set(limits.memory()).ifPresent(builder::memory);
    // Engines answer with the double of the memory where nothing was asked.
    set(limits.memorySwap())
        .filter(swap -> swap != 2 * limits.memory())
        .ifPresent(builder::memorySwap);
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
    Values.text(limits.cpusetCpus()).ifPresent(builder::cpusetCpus);
    Values.text(limits.cpusetMems()).ifPresent(builder::cpusetMems);
    Optional.ofNullable(limits.pidsLimit()).filter(v -> v != 0).ifPresent(builder::pids);
    set(limits.blkioWeight()).ifPresent(builder::blkioWeight);
    Values.of(limits.blkioWeightDevice())
        .forEach(d -> builder.throttle(ThrottleKind.WEIGHT, d.path(), d.weight()));
    read(builder, ThrottleKind.READ_BPS, limits.blkioDeviceReadBps());
    read(builder, ThrottleKind.WRITE_BPS, limits.blkioDeviceWriteBps());
    read(builder, ThrottleKind.READ_IOPS, limits.blkioDeviceReadIops());
    read(builder, ThrottleKind.WRITE_IOPS, limits.blkioDeviceWriteIops());
    return builder.build();
  }

  private static Optional<Long> set(long value) {
    return value == 0 ? Optional.empty() : Optional.of(value);
  }

  private static void read(
      Resources.Builder builder, ThrottleKind kind, List<ThrottleDevice> devices) {
    Values.of(devices).forEach(d -> builder.throttle(kind, d.path(), d.rate()));
  }
}
