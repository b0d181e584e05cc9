package io.berth.server.wire;

import java.util.Map;

/** The networks that a container is connected to, by name. */
public record NetworkingConfig(Map<String, EndpointSettings> endpointsConfig) {}
