package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** The place of a container in a network. */
public record EndpointSettings(
    @JsonProperty("IPAMConfig") EndpointAddresses ipamConfig,
    List<String> links,
    List<String> aliases,
    String macAddress,
    Map<String, String> driverOpts,
    @JsonInclude(Include.NON_DEFAULT) int gwPriority,
    @JsonProperty("NetworkID") String networkId,
    @JsonProperty("EndpointID") String endpointId,
    String gateway,
    @JsonProperty("IPAddress") String ipAddress,
    @JsonProperty("IPPrefixLen") int ipPrefixLen,
    @JsonProperty("IPv6Gateway") String ipv6Gateway,
    @JsonProperty("GlobalIPv6Address") String globalIpv6Address,
    @JsonProperty("GlobalIPv6PrefixLen") int globalIpv6PrefixLen,
    @JsonProperty("DNSNames") @JsonInclude(Include.NON_NULL) List<String> dnsNames) {

  /** As lists have it: without the names. */
  public EndpointSettings brief() {
    return new EndpointSettings(
        ipamConfig,
        null,
        null,
        macAddress,
        driverOpts,
        gwPriority,
        networkId,
        endpointId,
        gateway,
        ipAddress,
        ipPrefixLen,
        ipv6Gateway,
        globalIpv6Address,
        globalIpv6PrefixLen,
        null);
  }
}
