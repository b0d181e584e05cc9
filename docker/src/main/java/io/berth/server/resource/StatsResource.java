package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.Feed;
import io.berth.api.Stats;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.server.api.Call;
import io.berth.server.api.JsonLines;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.wire.StatsDetails;
import io.berth.server.wire.StatsDetails.BlockEntry;
import io.berth.server.wire.StatsDetails.CpuStats;
import io.berth.server.wire.StatsDetails.CpuUsage;
import io.berth.server.wire.StatsDetails.MemoryStats;
import io.berth.server.wire.StatsDetails.Throttling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What containers use. */
final class StatsResource {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final ContainerLookup lookup;

  StatsResource(Containers containers) {
    this.lookup = new ContainerLookup(containers);
  }

  void routes(Router router) {
    router.get("/containers/{id}/stats", this::stats);
  }

  private void stats(Call call) throws Exception {
    Container container = lookup.of(call);
    if (!call.query().flag("stream", true)) {
      call.json(once(call, container));
      return;
    }
    JsonLines lines = new JsonLines(call).open();
    if (!container.state().status().isActive()) {
      lines.send(details(call, container, Optional.empty(), Optional.empty()));
      return;
    }
    Optional<Stats> before = Optional.empty();
    try (Feed<Stats> feed = container.stats(PERIOD)) {
      call.exchange().onGone(feed::close);
      for (Optional<Stats> now = feed.next(); now.isPresent(); now = feed.next()) {
        lines.send(details(call, container, now, before));
        before = now;
      }
    }
  }

  /** As dockerd: two measurements a second apart, unless one is enough. */
  private static StatsDetails once(Call call, Container container) throws InterruptedException {
    Optional<Stats> before = measure(container);
    if (before.isEmpty()) {
      return details(call, container, before, before);
    }
    if (call.query().flag("one-shot")) {
      return details(call, container, before, Optional.empty());
    }
    Thread.sleep(PERIOD.toMillis());
    return details(call, container, measure(container), before);
  }

  private static Optional<Stats> measure(Container container) {
    if (!container.state().status().isActive()) {
      return Optional.empty();
    }
    try {
      return Optional.of(container.stats());
    } catch (ConflictException | NotFoundException e) {
      return Optional.empty();
    }
  }

  private static StatsDetails details(
      Call call, Container container, Optional<Stats> now, Optional<Stats> before) {
    return new StatsDetails(
        Times.format(now.map(Stats::time)),
        Times.format(before.map(Stats::time)),
        now.map(StatsResource::pids).orElse(Map.of()),
        now.map(StatsResource::blockIo).orElseGet(StatsResource::noBlockIo),
        0,
        Map.of(),
        cpu(now),
        cpu(before),
        now.map(StatsResource::memory).orElse(new MemoryStats(0, 0, null, 0, 0)),
        "/" + container.name(),
        container.id(),
        call.version().atLeast(52) ? "linux" : null,
        now.map(StatsResource::networks).orElse(Map.of()));
  }

  private static Map<String, Long> pids(Stats stats) {
    Map<String, Long> pids = new LinkedHashMap<>();
    pids.put("current", stats.pids().current());
    stats.pids().limit().ifPresent(limit -> pids.put("limit", limit));
    return pids;
  }

  private static Map<String, List<BlockEntry>> blockIo(Stats stats) {
    Map<String, List<BlockEntry>> all = noBlockIo();
    if (!stats.memory().unified()) {
      all.replaceAll((name, none) -> List.of());
    }
    all.put("io_service_bytes_recursive", entries(stats.blockIo().bytes()));
    all.put("io_serviced_recursive", entries(stats.blockIo().operations()));
    return all;
  }

  private static Map<String, List<BlockEntry>> noBlockIo() {
    Map<String, List<BlockEntry>> all = new LinkedHashMap<>();
    for (String name :
        List.of(
            "io_service_bytes_recursive",
            "io_serviced_recursive",
            "io_queue_recursive",
            "io_service_time_recursive",
            "io_wait_time_recursive",
            "io_merged_recursive",
            "io_time_recursive",
            "sectors_recursive")) {
      all.put(name, null);
    }
    return all;
  }

  private static List<BlockEntry> entries(List<Stats.BlockCount> counts) {
    return counts.stream()
        .map(c -> new BlockEntry(c.major(), c.minor(), c.operation(), c.value()))
        .toList();
  }

  private static CpuStats cpu(Optional<Stats> stats) {
    Throttling none = new Throttling(0, 0, 0);
    if (stats.isEmpty()) {
      return new CpuStats(new CpuUsage(0, null, 0, 0), 0, 0, none);
    }
    Stats.Cpu cpu = stats.get().cpu();
    return new CpuStats(
        new CpuUsage(
            cpu.total().toNanos(),
            cpu.perCpu().stream().map(Duration::toNanos).toList(),
            cpu.system().toNanos(),
            cpu.user().toNanos()),
        cpu.host().toNanos(),
        cpu.online(),
        new Throttling(cpu.periods(), cpu.throttledPeriods(), cpu.throttled().toNanos()));
  }

  private static MemoryStats memory(Stats stats) {
    Stats.Memory memory = stats.memory();
    return new MemoryStats(
        memory.usage(),
        memory.unified() ? 0 : memory.peak(),
        new TreeMap<>(memory.details()),
        memory.failures(),
        memory.limit());
  }

  private static Map<String, Map<String, Long>> networks(Stats stats) {
    Map<String, Map<String, Long>> all = new TreeMap<>();
    stats
        .networks()
        .forEach(
            (name, io) -> {
              Map<String, Long> counts = new LinkedHashMap<>();
              counts.put("rx_bytes", io.rxBytes());
              counts.put("rx_packets", io.rxPackets());
              counts.put("rx_errors", io.rxErrors());
              counts.put("rx_dropped", io.rxDropped());
              counts.put("tx_bytes", io.txBytes());
              counts.put("tx_packets", io.txPackets());
              counts.put("tx_errors", io.txErrors());
              counts.put("tx_dropped", io.txDropped());
              all.put(name, counts);
            });
    return all;
  }
}
