package io.berth.runtime.security;

import java.util.List;

/**
 * The paths of {@code /proc} and {@code /sys} that a container must not see or change, unless it is
 * privileged: the lists that Docker puts in {@code linux.maskedPaths} and {@code
 * linux.readonlyPaths} (OCI runtime spec, config-linux). Those that a kernel lacks are skipped.
 */
public final class KernelPaths {
  /** Covered: files with {@code /dev/null}, directories with an empty read-only tmpfs. */
  public static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/devices/virtual/powercap",
          "/sys/firmware");

  /**
   * Covered in each processor's directory under {@code /sys/devices/system/cpu}: the count of
   * thermal throttles is a side channel of other workloads.
   */
  public static final String MASKED_PER_CPU = "/sys/devices/system/cpu/cpu%d/thermal_throttle";

  /** Bound onto themselves and made read-only. */
  public static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private KernelPaths() {}
}
