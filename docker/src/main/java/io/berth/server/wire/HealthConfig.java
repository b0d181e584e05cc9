package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;

/** How the health of a container is checked; times are in nanoseconds. */
@JsonInclude(Include.NON_DEFAULT)
public record HealthConfig(
    List<String> test,
    long interval,
    long timeout,
    long startPeriod,
    long startInterval,
    int retries) {}
