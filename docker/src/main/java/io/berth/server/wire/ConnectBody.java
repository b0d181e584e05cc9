package io.berth.server.wire;

/** A container to be connected to a network, or taken out of it. */
public record ConnectBody(String container, EndpointSettings endpointConfig, boolean force) {}
