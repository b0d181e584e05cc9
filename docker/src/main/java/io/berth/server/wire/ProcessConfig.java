package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;

/** The part of the configuration of a container that an image has too. */
public record ProcessConfig(
    String user,
    @JsonInclude(Include.NON_EMPTY) Map<String, Object> exposedPorts,
    List<String> env,
    List<String> cmd,
    @JsonInclude(Include.NON_NULL) HealthConfig healthcheck,
    Map<String, Object> volumes,
    String workingDir,
    List<String> entrypoint,
    List<String> onBuild,
    Map<String, String> labels,
    @JsonInclude(Include.NON_EMPTY) String stopSignal,
    @JsonInclude(Include.NON_EMPTY) List<String> shell) {}
