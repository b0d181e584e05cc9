package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** Changes of a container. */
public record UpdateBody(
    @JsonUnwrapped ResourceLimits resources, RestartPolicyConfig restartPolicy) {}
