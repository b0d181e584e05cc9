package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;

/** The configuration of an image from API 1.52 on: what is empty is left out. */
@JsonInclude(Include.NON_EMPTY)
public record ImageProcess(
    String user,
    Map<String, Object> exposedPorts,
    List<String> env,
    List<String> cmd,
    HealthConfig healthcheck,
    Map<String, Object> volumes,
    String workingDir,
    List<String> entrypoint,
    List<String> onBuild,
    Map<String, String> labels,
    String stopSignal,
    List<String> shell) {}
