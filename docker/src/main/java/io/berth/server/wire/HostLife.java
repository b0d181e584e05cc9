package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;

/** The part of a host configuration about how a container runs and ends. */
public record HostLife(
    LogConfig logConfig,
    RestartPolicyConfig restartPolicy,
    boolean autoRemove,
    String runtime,
    List<Integer> consoleSize,
    @JsonInclude(Include.NON_NULL) Boolean init,
    @JsonInclude(Include.NON_EMPTY) Map<String, String> annotations) {}
