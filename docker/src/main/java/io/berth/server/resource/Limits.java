package io.berth.server.resource;

import io.berth.api.Resources;
import io.berth.api.Resources.Throttle;
import io.berth.api.Resources.ThrottleKind;
import io.berth.api.SandboxSpec;
import io.berth.server.http.HttpError;
import io.berth.server.wire.DeviceMapping;
import io.berth.server.wire.ResourceLimits;
import io.berth.server.wire.ThrottleDevice;
import io.berth.server.wire.UlimitConfig;
import io.berth.server.wire.WeightDevice;
import java.util.List;
import java.util.Optional;

/** The limits of a container, from the wire and to it. */
final class Limits {
  private Limits() {}

  static Resources resources(ResourceLimits limits) {
    Resources.Builder builder = Resources.builder();
    set(limits.memory()).ifPresent(builder::memory);
    set(limits.memorySwap()).ifPresent(builder::memorySwap);
    set(limits.memoryReservation()).ifPresent(builder::memoryReservation);
    Optional.ofNullable(limits.memorySwappiness())
        .filter(v -> v >= 0)
        .ifPresent(builder::memorySwappiness);
    builder.oomKillDisable(Boolean.TRUE.equals(limits.oomKillDisable()));
    set(limits.nanoCpus()).ifPresent(n -> builder.nanoCpus(checkCpus(n)));
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
    Lists.of(limits.blkioWeightDevice())
        .forEach(d -> builder.throttle(ThrottleKind.WEIGHT, d.path(), d.weight()));
    throttles(builder, ThrottleKind.READ_BPS, limits.blkioDeviceReadBps());
    throttles(builder, ThrottleKind.WRITE_BPS, limits.blkioDeviceWriteBps());
    throttles(builder, ThrottleKind.READ_IOPS, limits.blkioDeviceReadIops());
    throttles(builder, ThrottleKind.WRITE_IOPS, limits.blkioDeviceWriteIops());
    return builder.build();
  }

  private static long checkCpus(long nanos) {
    int present = Runtime.getRuntime().availableProcessors();
    if (nanos < 0 || nanos > present * 1_000_000_000L) {
      throw HttpError.badRequest(
          "range of CPUs is from 0.01 to "
              + present
              + ".00, as there are only "
              + present
              + " CPUs available");
    }
    return nanos;
  }

  private static Optional<Long> set(long value) {
    return value == 0 ? Optional.empty() : Optional.of(value);
  }

  private static Optional<String> text(String value) {
    return Optional.ofNullable(value).filter(v -> !v.isEmpty());
  }

  private static void throttles(
      Resources.Builder builder, ThrottleKind kind, List<ThrottleDevice> devices) {
    Lists.of(devices).forEach(d -> builder.throttle(kind, d.path(), d.rate()));
  }

  /** What a container has, defaults as dockerd shows them. */
  static ResourceLimits of(SandboxSpec sandbox) {
    Resources r = sandbox.resources();
    return new ResourceLimits(
        r.cpuShares().orElse(0L),
        r.memory().orElse(0L),
        r.nanoCpus().orElse(0L),
        sandbox.cgroupParent().orElse(""),
        r.blkioWeight().orElse(0L).intValue(),
        Lists.orNull(
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
        Lists.orNull(
            sandbox.devices().stream()
                .map(d -> new DeviceMapping(d.hostPath(), d.containerPath(), d.permissions()))
                .toList()),
        Lists.orNull(sandbox.deviceRules()),
        null,
        r.memoryReservation().orElse(0L),
        r.memorySwap().orElse(r.memory().map(m -> m * 2).orElse(0L)),
        r.memorySwappiness().orElse(null),
        r.oomKillDisable(),
        r.pids().orElse(null),
        Lists.orNull(
            sandbox.ulimits().stream()
                .map(u -> new UlimitConfig(u.name(), u.hard(), u.soft()))
                .toList()),
        0,
        0,
        0,
        0);
  }

  private static List<ThrottleDevice> throttles(Resources r, ThrottleKind kind) {
    return Lists.orNull(
        r.throttles().stream()
            .filter(t -> t.kind() == kind)
            .map((Throttle t) -> new ThrottleDevice(t.device(), t.rate()))
            .toList());
  }
}
