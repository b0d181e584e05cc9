package io.berth.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container uses, at one moment; counters run from its start. What the kernel does not count
 * for it is zero or empty.
 *
 * @param networks by interface, as the container names it; empty with the host's network
 */
public record Stats(
    Instant time,
    Cpu cpu,
    Memory memory,
    Pids pids,
    BlockIo blockIo,
    Map<String, NetworkIo> networks) {

  public Stats {
    networks = Map.copyOf(networks);
  }

  /**
   * @param perCpu by number (cgroup v1 only)
   * @param host what all CPUs of the host have done since it was started, idling included
   * @param online how many CPUs the host has
   * @param periods how many of its periods are over, where it has a quota
   * @param throttledPeriods in how many of them it had to wait
   * @param throttled how long
   */
  public record Cpu(
      Duration total,
      Duration user,
      Duration system,
      List<Duration> perCpu,
      Duration host,
      int online,
      long periods,
      long throttledPeriods,
      Duration throttled) {
    public Cpu {
      perCpu = List.copyOf(perCpu);
    }

    /** The part of one CPU that it used since an earlier measurement, in percent: 150 is 1.5. */
    public double percentSince(Cpu before) {
      double own = total.minus(before.total).toNanos();
      double all = host.minus(before.host).toNanos();
      return own <= 0 || all <= 0 ? 0 : own / all * online * 100;
    }
  }

  /**
   * @param usage in bytes, files in the page cache included
   * @param peak the most it has been
   * @param limit in bytes; the host's memory where it has none
   * @param failures how often the limit was hit
   * @param unified whether it is counted by cgroup v2, whose details have other names
   * @param details the lines of {@code memory.stat}
   */
  public record Memory(
      long usage,
      long peak,
      long limit,
      long failures,
      boolean unified,
      Map<String, Long> details) {
    public Memory {
      details = Map.copyOf(details);
    }

    /** What it uses without the files that could be dropped, as {@code docker stats} shows it. */
    public long used() {
      long idle = details.getOrDefault(unified ? "inactive_file" : "total_inactive_file", 0L);
      return idle < usage ? usage - idle : usage;
    }
  }

  /**
   * @param current processes and threads
   * @param limit empty where it has none
   */
  public record Pids(long current, Optional<Long> limit) {}

  /**
   * @param bytes for each device and operation
   * @param operations how many, for each device and operation
   */
  public record BlockIo(List<BlockCount> bytes, List<BlockCount> operations) {
    public BlockIo {
      bytes = List.copyOf(bytes);
      operations = List.copyOf(operations);
    }
  }

  /**
   * @param operation {@code read}, {@code write}, and what else the kernel tells apart
   */
  public record BlockCount(int major, int minor, String operation, long value) {}

  /** Bytes, packets, errors and dropped packets that came in (rx) and went out (tx). */
  public record NetworkIo(
      long rxBytes,
      long rxPackets,
      long rxErrors,
      long rxDropped,
      long txBytes,
      long txPackets,
      long txErrors,
      long txDropped) {}
}
