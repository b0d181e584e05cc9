package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The addresses that are asked for in a network. */
@JsonInclude(Include.NON_EMPTY)
public record EndpointAddresses(
    @JsonProperty("IPv4Address") String ipv4Address,
    @JsonProperty("IPv6Address") String ipv6Address,
    @JsonProperty("LinkLocalIPs") List<String> linkLocalIps) {}
