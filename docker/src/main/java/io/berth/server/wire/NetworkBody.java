package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/** A network to be made. */
public record NetworkBody(
    String name,
    String driver,
    String scope,
    boolean internal,
    boolean attachable,
    boolean ingress,
    boolean configOnly,
    @JsonProperty("EnableIPv4") Boolean enableIpv4,
    @JsonProperty("EnableIPv6") boolean enableIpv6,
    @JsonProperty("IPAM") NetworkSummary.Ipam ipam,
    Map<String, String> options,
    Map<String, String> labels) {}
