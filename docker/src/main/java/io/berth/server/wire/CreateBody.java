package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** What a container is to be. */
public record CreateBody(
    @JsonUnwrapped ContainerConfig config,
    HostConfig hostConfig,
    NetworkingConfig networkingConfig) {}
