package io.berth.container;

import io.berth.api.Stats;
import io.berth.api.Stats.BlockCount;
import io.berth.api.Stats.BlockIo;
import io.berth.api.Stats.Cpu;
import io.berth.api.Stats.Memory;
import io.berth.api.Stats.NetworkIo;
import io.berth.api.Stats.Pids;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.cgroup.CounterFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what a container uses from its cgroups, v1 or v2, and from its network namespace. */
final class StatsReader {
  private static final long TICK_NANOS = 10_000_000;
  private static final int HOST_CPU_FIELDS = 7;

  private final Clock clock;
  private final Path proc;

  StatsReader(Clock clock, Path proc) {
    this.clock = clock;
    this.proc = proc;
  }

  /**
   * @param init whose network namespace is read; none with the host's network
   */
  Stats read(ContainerCgroup cgroup, Optional<Long> init) {
    CounterFiles files = new CounterFiles(cgroup.directories());
    boolean unified = files.has("memory.current") || !files.has("memory.usage_in_bytes");
    return new Stats(
        clock.instant(),
        cpu(files),
        memory(files, unified),
        new Pids(files.number("pids.current").orElse(0L), files.number("pids.max")),
        files.has("io.stat") ? unifiedIo(files) : v1Io(files),
        init.map(this::networks).orElse(Map.of()));
  }

  private Cpu cpu(CounterFiles files) {
    Map<String, Long> stat = files.pairs("cpu.stat");
    boolean unified = stat.containsKey("usage_usec");
    Map<String, Long> ticks = files.pairs("cpuacct.stat");
    return new Cpu(
        unified
            ? micros(stat, "usage_usec")
            : Duration.ofNanos(files.number("cpuacct.usage").orElse(0L)),
        unified ? micros(stat, "user_usec") : ticks(ticks.getOrDefault("user", 0L)),
        unified ? micros(stat, "system_usec") : ticks(ticks.getOrDefault("system", 0L)),
        Stream.of(files.text("cpuacct.usage_percpu").split("\\s+"))
            .filter(n -> !n.isEmpty())
            .map(n -> Duration.ofNanos(Long.parseLong(n)))
            .toList(),
        hostCpu(),
        Runtime.getRuntime().availableProcessors(),
        stat.getOrDefault("nr_periods", 0L),
        stat.getOrDefault("nr_throttled", 0L),
        stat.containsKey("throttled_usec")
            ? micros(stat, "throttled_usec")
            : Duration.ofNanos(stat.getOrDefault("throttled_time", 0L)));
  }

  private static Duration micros(Map<String, Long> stat, String name) {
    return Duration.ofNanos(stat.getOrDefault(name, 0L) * 1000);
  }

  private static Duration ticks(long ticks) {
    return Duration.ofNanos(ticks * TICK_NANOS);
  }

  private Duration hostCpu() {
    String[] fields = lines("stat").findFirst().orElse("").split(" +");
    return ticks(Stream.of(fields).skip(1).limit(HOST_CPU_FIELDS).mapToLong(Long::parseLong).sum());
  }

  private Memory memory(CounterFiles files, boolean unified) {
    long limit =
        files.number(unified ? "memory.max" : "memory.limit_in_bytes").orElse(Long.MAX_VALUE);
    return new Memory(
        files.number(unified ? "memory.current" : "memory.usage_in_bytes").orElse(0L),
        files.number(unified ? "memory.peak" : "memory.max_usage_in_bytes").orElse(0L),
        Math.min(limit, hostMemory()),
        unified
            ? files.pairs("memory.events").getOrDefault("max", 0L)
            : files.number("memory.failcnt").orElse(0L),
        unified,
        files.pairs("memory.stat"));
  }

  private long hostMemory() {
    return lines("meminfo")
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  /** Lines such as {@code 8:0 Read 4096}. */
  private static BlockIo v1Io(CounterFiles files) {
    return new BlockIo(
        v1Counts(files, "service_bytes_recursive"), v1Counts(files, "serviced_recursive"));
  }

  private static List<BlockCount> v1Counts(CounterFiles files, String name) {
    String throttle = "blkio.throttle.io_" + name;
    String file = files.has(throttle) ? throttle : "blkio.io_" + name;
    List<BlockCount> all = new ArrayList<>();
    for (String line : files.text(file).lines().toList()) {
      String[] f = line.split("[: ]");
      if (f.length == 4) {
        all.add(count(f[0], f[1], f[2].toLowerCase(Locale.ROOT), f[3]));
      }
    }
    return all;
  }

  /** Lines such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
  private static BlockIo unifiedIo(CounterFiles files) {
    List<BlockCount> bytes = new ArrayList<>();
    List<BlockCount> operations = new ArrayList<>();
    for (String line : files.text("io.stat").lines().toList()) {
      String[] fields = line.split("[: ]");
      for (int i = 2; i < fields.length; i++) {
        String[] pair = fields[i].split("=", 2);
        String operation =
            switch (pair[0].charAt(0)) {
              case 'r' -> "read";
              case 'w' -> "write";
              default -> "discard";
            };
        List<BlockCount> into = pair[0].endsWith("bytes") ? bytes : operations;
        if (pair[0].matches("[rwd](bytes|ios)")) {
          into.add(count(fields[0], fields[1], operation, pair[1]));
        }
      }
    }
    return new BlockIo(bytes, operations);
  }

  private static BlockCount count(String major, String minor, String operation, String value) {
    return new BlockCount(
        Integer.parseInt(major), Integer.parseInt(minor), operation, Long.parseLong(value));
  }

  private Map<String, NetworkIo> networks(long pid) {
    Map<String, NetworkIo> all = new LinkedHashMap<>();
    lines(pid + "/net/dev")
        .skip(2)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              String name = line.substring(0, colon).strip();
              long[] n =
                  Stream.of(line.substring(colon + 1).strip().split(" +"))
                      .mapToLong(Long::parseLong)
                      .toArray();
              if (!name.equals("lo")) {
                all.put(name, new NetworkIo(n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]));
              }
            });
    return all;
  }

  private Stream<String> lines(String file) {
    return ContainerFiles.read(proc.resolve(file)).stream().flatMap(String::lines);
  }
}
