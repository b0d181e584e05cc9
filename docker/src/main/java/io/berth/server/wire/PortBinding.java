package io.berth.server.wire;

/** Where a port of a container is published on the host. */
public record PortBinding(String hostIp, String hostPort) {}
