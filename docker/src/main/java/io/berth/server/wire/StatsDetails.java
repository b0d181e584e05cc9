package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** What a container uses. */
public record StatsDetails(
    @JsonProperty("read") String read,
    @JsonProperty("preread") String preread,
    @JsonProperty("pids_stats") Map<String, Long> pids,
    @JsonProperty("blkio_stats") Map<String, List<BlockEntry>> blockIo,
    @JsonProperty("num_procs") int processes,
    @JsonProperty("storage_stats") Map<String, Long> storage,
    @JsonProperty("cpu_stats") CpuStats cpu,
    @JsonProperty("precpu_stats") CpuStats before,
    @JsonProperty("memory_stats") MemoryStats memory,
    @JsonProperty("name") String name,
    @JsonProperty("id") String id,
    @JsonProperty("os_type") @JsonInclude(Include.NON_NULL) String osType,
    @JsonProperty("networks") @JsonInclude(Include.NON_EMPTY)
        Map<String, Map<String, Long>> networks) {

  /** A count of a block device. */
  public record BlockEntry(
      @JsonProperty("major") int major,
      @JsonProperty("minor") int minor,
      @JsonProperty("op") String operation,
      @JsonProperty("value") long value) {}

  /** Time in nanoseconds. */
  public record CpuStats(
      @JsonProperty("cpu_usage") CpuUsage usage,
      @JsonProperty("system_cpu_usage") @JsonInclude(Include.NON_DEFAULT) long system,
      @JsonProperty("online_cpus") @JsonInclude(Include.NON_DEFAULT) int online,
      @JsonProperty("throttling_data") Throttling throttling) {}

  /** Time in nanoseconds. */
  public record CpuUsage(
      @JsonProperty("total_usage") long total,
      @JsonProperty("percpu_usage") @JsonInclude(Include.NON_EMPTY) List<Long> perCpu,
      @JsonProperty("usage_in_kernelmode") long kernel,
      @JsonProperty("usage_in_usermode") long user) {}

  /** How it was held back. */
  public record Throttling(
      @JsonProperty("periods") long periods,
      @JsonProperty("throttled_periods") long throttledPeriods,
      @JsonProperty("throttled_time") long throttledTime) {}

  /** In bytes. */
  @JsonInclude(Include.NON_DEFAULT)
  public record MemoryStats(
      @JsonProperty("usage") long usage,
      @JsonProperty("max_usage") long maxUsage,
      @JsonProperty("stats") Map<String, Long> stats,
      @JsonProperty("failcnt") long failures,
      @JsonProperty("limit") long limit) {}
}
