package io.berth.server.wire;

import java.util.List;
import java.util.Map;

/** The part of a host configuration about networks and names. */
public record HostNetwork(
    String networkMode,
    Map<String, List<PortBinding>> portBindings,
    boolean publishAllPorts,
    List<String> dns,
    List<String> dnsOptions,
    List<String> dnsSearch,
    List<String> extraHosts,
    List<String> links) {}
