package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/** The networks and ports of a container. */
public record NetworkDetails(
    @JsonInclude(Include.NON_NULL) String bridge,
    @JsonProperty("SandboxID") String sandboxId,
    String sandboxKey,
    Map<String, List<PortBinding>> ports,
    @JsonUnwrapped LegacyAddresses legacy,
    Map<String, EndpointSettings> networks) {

  /** Until API 1.51: of the default bridge. */
  public record LegacyAddresses(
      boolean hairpinMode,
      @JsonProperty("LinkLocalIPv6Address") String linkLocalIpv6Address,
      @JsonProperty("LinkLocalIPv6PrefixLen") int linkLocalIpv6PrefixLen,
      @JsonProperty("SecondaryIPAddresses") List<String> secondaryIpAddresses,
      @JsonProperty("SecondaryIPv6Addresses") List<String> secondaryIpv6Addresses,
      @JsonProperty("EndpointID") String endpointId,
      String gateway,
      @JsonProperty("GlobalIPv6Address") String globalIpv6Address,
      @JsonProperty("GlobalIPv6PrefixLen") int globalIpv6PrefixLen,
      @JsonProperty("IPAddress") String ipAddress,
      @JsonProperty("IPPrefixLen") int ipPrefixLen,
      @JsonProperty("IPv6Gateway") String ipv6Gateway,
      String macAddress) {}
}
