package io.berth.remote.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Stats;
import io.berth.remote.call.Api;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a container uses, from an engine's document. */
final class StatsDocuments {
  private static final int ONE_SHOT = 41;
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private StatsDocuments() {}

  /** Measures; empty when it does not run. */
  static Optional<Stats> measure(Api api, String path) {
    JsonNode node = api.get(path).query("stream", 0).flag("one-shot", api.atLeast(ONE_SHOT)).tree();
    return Values.time(node.path("read").asText()).map(time -> read(time, node));
  }

  private static Stats read(Instant time, JsonNode node) {
    JsonNode pids = node.path("pids_stats");
    Map<String, Stats.NetworkIo> networks = new TreeMap<>();
    node.path("networks").properties().forEach(n -> networks.put(n.getKey(), io(n.getValue())));
    long limit = number(pids, "limit");
    return new Stats(
        time,
        cpu(node.path("cpu_stats")),
        memory(node.path("memory_stats")),
        new Stats.Pids(
            number(pids, "current"),
            limit == 0 || limit == Long.MAX_VALUE ? Optional.empty() : Optional.of(limit)),
        new Stats.BlockIo(
            blocks(node.path("blkio_stats").path("io_service_bytes_recursive")),
            blocks(node.path("blkio_stats").path("io_serviced_recursive"))),
        networks);
  }

  /** Counts are unsigned, and some engines write the largest one for "no limit". */
  private static long number(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isIntegralNumber() ? value.bigIntegerValue().min(MOST).longValue() : 0;
  }

  private static Duration time(JsonNode node, String name) {
    return Duration.ofNanos(number(node, name));
  }

  private static Stats.Cpu cpu(JsonNode cpu) {
    JsonNode usage = cpu.path("cpu_usage");
    List<Duration> each = new ArrayList<>();
    usage.path("percpu_usage").forEach(n -> each.add(Duration.ofNanos(n.asLong())));
    JsonNode throttling = cpu.path("throttling_data");
    return new Stats.Cpu(
        time(usage, "total_usage"),
        time(usage, "usage_in_usermode"),
        time(usage, "usage_in_kernelmode"),
        each,
        time(cpu, "system_cpu_usage"),
        (int) number(cpu, "online_cpus"),
        number(throttling, "periods"),
        number(throttling, "throttled_periods"),
        time(throttling, "throttled_time"));
  }

  private static Stats.Memory memory(JsonNode memory) {
    Map<String, Long> details = new TreeMap<>();
    memory
        .path("stats")
        .properties()
        .forEach(p -> details.put(p.getKey(), number(memory.path("stats"), p.getKey())));
    return new Stats.Memory(
        number(memory, "usage"),
        number(memory, "max_usage"),
        number(memory, "limit"),
        number(memory, "failcnt"),
        !details.containsKey("total_inactive_file"),
        details);
  }

  private static List<Stats.BlockCount> blocks(JsonNode entries) {
    List<Stats.BlockCount> all = new ArrayList<>();
    entries.forEach(
        e ->
            all.add(
                new Stats.BlockCount(
                    (int) number(e, "major"),
                    (int) number(e, "minor"),
                    e.path("op").asText().toLowerCase(Locale.ROOT),
                    number(e, "value"))));
    return all;
  }

  private static Stats.NetworkIo io(JsonNode n) {
    return new Stats.NetworkIo(
        number(n, "rx_bytes"),
        number(n, "rx_packets"),
        number(n, "rx_errors"),
        number(n, "rx_dropped"),
        number(n, "tx_bytes"),
        number(n, "tx_packets"),
        number(n, "tx_errors"),
        number(n, "tx_dropped"));
  }
}
