package io.berth.container;

import io.berth.api.DeviceSpec;
import io.berth.api.Resources;
import io.berth.api.Resources.Throttle;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.cgroup.Limits.DeviceLimit;
import io.berth.runtime.cgroup.Limits.DeviceLimitKind;
import java.util.List;

/** Says to the cgroups what a container may use. */
final class LimitPlan {
  private static final long PERIOD = 100_000;

  private LimitPlan() {}

  static Limits of(Resources resources) {
    Limits.Builder limits = Limits.builder();
    resources.memory().ifPresent(limits::memory);
    resources.memorySwap().ifPresent(limits::memorySwap);
    resources.memoryReservation().ifPresent(limits::memoryReservation);
    resources
        .nanoCpus()
        .ifPresent(n -> limits.cpuQuota(Math.round(n / 1e9 * PERIOD)).cpuPeriod(PERIOD));
    resources.cpuQuota().filter(q -> q > 0).ifPresent(limits::cpuQuota);
    resources.cpuPeriod().filter(p -> p > 0).ifPresent(limits::cpuPeriod);
    resources.cpuShares().filter(s -> s > 0).ifPresent(limits::cpuShares);
    resources.cpuRealtimePeriod().filter(p -> p > 0).ifPresent(limits::realtimePeriod);
    resources.cpuRealtimeRuntime().filter(r -> r > 0).ifPresent(limits::realtimeRuntime);
    resources.cpusetCpus().ifPresent(limits::cpusetCpus);
    resources.cpusetMems().ifPresent(limits::cpusetMems);
    resources.pids().filter(n -> n != 0).ifPresent(limits::pids);
    resources.memorySwappiness().filter(n -> n >= 0).ifPresent(limits::memorySwappiness);
    limits.oomKillDisable(resources.oomKillDisable());
    resources.blkioWeight().filter(w -> w != 0).ifPresent(limits::blkioWeight);
    resources.throttles().forEach(t -> limits.device(device(t)));
    return limits.build();
  }

  private static DeviceLimit device(Throttle throttle) {
    Devices.Node node =
        Devices.resolve(List.of(new DeviceSpec(throttle.device(), "/dev/any", "r"))).get(0);
    return new DeviceLimit(
        DeviceLimitKind.valueOf(throttle.kind().name()),
        node.major(),
        node.minor(),
        throttle.rate());
  }
}
