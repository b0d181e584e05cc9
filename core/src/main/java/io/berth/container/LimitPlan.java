package io.berth.container;

import io.berth.api.Resources;
import io.berth.runtime.cgroup.Limits;

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
    resources.cpusetCpus().ifPresent(limits::cpusetCpus);
    resources.cpusetMems().ifPresent(limits::cpusetMems);
    resources.pids().filter(n -> n != 0).ifPresent(limits::pids);
    return limits.build();
  }
}
