package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The state of a container. */
public record StateDetails(
    String status,
    boolean running,
    boolean paused,
    boolean restarting,
    @JsonProperty("OOMKilled") boolean oomKilled,
    boolean dead,
    long pid,
    int exitCode,
    String error,
    String startedAt,
    String finishedAt,
    @JsonInclude(Include.NON_NULL) HealthDetails health) {

  /** What health checks say. */
  public record HealthDetails(String status, int failingStreak, List<HealthCheck> log) {}

  /** One health check. */
  public record HealthCheck(String start, String end, int exitCode, String output) {}
}
