package io.berth.cli;

import io.berth.api.Resources;
import io.berth.api.Resources.ThrottleKind;
import io.berth.text.ByteSize;
import java.util.List;
import picocli.CommandLine.Option;

/** Limits, as {@code run}, {@code create} and {@code update} take them. */
final class ResourceOptions {
  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "Memory limit, such as 256m or 1g")
  private String memory;

  @Option(
      names = "--memory-swap",
      paramLabel = "SIZE",
      description = "Limit of memory and swap together; -1 for unlimited swap")
  private String memorySwap;

  @Option(
      names = "--memory-reservation",
      paramLabel = "SIZE",
      description = "Memory that is left to it under pressure")
  private String memoryReservation;

  @Option(
      names = "--memory-swappiness",
      paramLabel = "NUMBER",
      description = "0 to 100 (cgroup v1)")
  private Long memorySwappiness;

  @Option(
      names = "--oom-kill-disable",
      description = "Wait rather than kill when memory is short (cgroup v1)")
  private boolean oomKillDisable;

  @Option(names = "--cpus", paramLabel = "NUMBER", description = "CPU limit, such as 1.5")
  private Double cpus;

  @Option(
      names = "--cpu-period",
      paramLabel = "MICROSECONDS",
      description = "Period of the CPU quota")
  private Long cpuPeriod;

  @Option(
      names = "--cpu-quota",
      paramLabel = "MICROSECONDS",
      description = "CPU time in each period")
  private Long cpuQuota;

  @Option(
      names = {"-c", "--cpu-shares"},
      paramLabel = "NUMBER",
      description = "CPU weight; 1024 is usual")
  private Long cpuShares;

  @Option(
      names = "--cpu-rt-period",
      paramLabel = "MICROSECONDS",
      description = "Period of real-time processes (cgroup v1)")
  private Long realtimePeriod;

  @Option(
      names = "--cpu-rt-runtime",
      paramLabel = "MICROSECONDS",
      description = "CPU time of real-time processes in each of these periods (cgroup v1)")
  private Long realtimeRuntime;

  @Option(names = "--cpuset-cpus", paramLabel = "CPUS", description = "CPUs to use, as 0-2,7")
  private String cpusetCpus;

  @Option(names = "--cpuset-mems", paramLabel = "NODES", description = "Memory nodes to use")
  private String cpusetMems;

  @Option(
      names = "--pids-limit",
      paramLabel = "NUMBER",
      description = "Limit of processes and threads; -1 for none")
  private Long pidsLimit;

  @Option(
      names = "--blkio-weight",
      paramLabel = "WEIGHT",
      description = "Weight of block devices, 10 to 1000")
  private Long blkioWeight;

  @Option(
      names = "--blkio-weight-device",
      paramLabel = "DEVICE:WEIGHT",
      description = "Weight of one block device, 10 to 1000")
  private List<String> deviceWeights = List.of();

  @Option(names = "--kernel-memory", hidden = true)
  private String kernelMemory;

  @Option(
      names = "--device-read-bps",
      paramLabel = "DEVICE:RATE",
      description = "Limit of reading, in bytes a second")
  private List<String> readBps = List.of();

  @Option(
      names = "--device-write-bps",
      paramLabel = "DEVICE:RATE",
      description = "Limit of writing, in bytes a second")
  private List<String> writeBps = List.of();

  @Option(
      names = "--device-read-iops",
      paramLabel = "DEVICE:RATE",
      description = "Limit of reading, in operations a second")
  private List<String> readIops = List.of();

  @Option(
      names = "--device-write-iops",
      paramLabel = "DEVICE:RATE",
      description = "Limit of writing, in operations a second")
  private List<String> writeIops = List.of();

  /** What was asked for; docker takes 0 as no limit. */
  Resources resources() {
    Resources.Builder to = Resources.builder().oomKillDisable(oomKillDisable);
    size(memory, to::memory);
    if ("-1".equals(memorySwap)) {
      to.memorySwap(-1);
    } else {
      size(memorySwap, to::memorySwap);
    }
    size(memoryReservation, to::memoryReservation);
    if (memorySwappiness != null && memorySwappiness != -1) {
      to.memorySwappiness(memorySwappiness);
    }
    if (cpus != null && cpus != 0) {
      to.cpus(cpus);
    }
    number(cpuPeriod, to::cpuPeriod);
    number(cpuQuota, to::cpuQuota);
    number(cpuShares, to::cpuShares);
    number(realtimePeriod, to::cpuRealtimePeriod);
    number(realtimeRuntime, to::cpuRealtimeRuntime);
    if (cpusetCpus != null) {
      to.cpusetCpus(cpusetCpus);
    }
    if (cpusetMems != null) {
      to.cpusetMems(cpusetMems);
    }
    number(pidsLimit, to::pids);
    number(blkioWeight, to::blkioWeight);
    throttles(to, ThrottleKind.WEIGHT, deviceWeights);
    throttles(to, ThrottleKind.READ_BPS, readBps);
    throttles(to, ThrottleKind.WRITE_BPS, writeBps);
    throttles(to, ThrottleKind.READ_IOPS, readIops);
    throttles(to, ThrottleKind.WRITE_IOPS, writeIops);
    return to.build();
  }

  /** What is asked for in vain: docker has given it up too, as the kernel has (Linux 5.16). */
  List<String> warnings() {
    return kernelMemory == null
        ? List.of()
        : List.of("Specifying a kernel memory limit is deprecated and has no effect.");
  }

  private static void size(String text, java.util.function.LongConsumer to) {
    if (text != null) {
      number(ByteSize.parse(text), to);
    }
  }

  private static void number(Long value, java.util.function.LongConsumer to) {
    if (value != null && value != 0) {
      to.accept(value);
    }
  }

  private static void throttles(Resources.Builder to, ThrottleKind kind, List<String> values) {
    for (String value : values) {
      Assignment parts = Assignment.split("device limit", value, ':', "DEVICE:RATE");
      to.throttle(kind, parts.name(), ByteSize.parse(parts.value()));
    }
  }
}
