package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** What a container has of its host; on the wire, all parts are one object. */
public record HostConfig(
    @JsonUnwrapped HostFiles files,
    @JsonUnwrapped HostNetwork network,
    @JsonUnwrapped HostRights rights,
    @JsonUnwrapped HostLife life,
    @JsonUnwrapped ResourceLimits resources) {}
