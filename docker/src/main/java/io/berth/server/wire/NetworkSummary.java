package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** A network. */
public record NetworkSummary(
    String name,
    String id,
    String created,
    String scope,
    String driver,
    @JsonProperty("EnableIPv4") @JsonInclude(Include.NON_NULL) Boolean enableIpv4,
    @JsonProperty("EnableIPv6") boolean enableIpv6,
    @JsonProperty("IPAM") Ipam ipam,
    boolean internal,
    boolean attachable,
    boolean ingress,
    ConfigReference configFrom,
    boolean configOnly,
    @JsonInclude(Include.NON_NULL) Map<String, Member> containers,
    Map<String, String> options,
    Map<String, String> labels) {

  /** How addresses are given. */
  public record Ipam(String driver, Map<String, String> options, List<IpamConfig> config) {}

  /** The addresses of a network. */
  @JsonInclude(Include.NON_EMPTY)
  public record IpamConfig(
      String subnet,
      @JsonProperty("IPRange") String ipRange,
      String gateway,
      @JsonProperty("AuxiliaryAddresses") Map<String, String> auxiliaryAddresses) {}

  /** A network whose configuration this one has. */
  public record ConfigReference(String network) {}

  /** A container in a network. */
  public record Member(
      String name,
      @JsonProperty("EndpointID") String endpointId,
      String macAddress,
      @JsonProperty("IPv4Address") String ipv4Address,
      @JsonProperty("IPv6Address") String ipv6Address) {}
}
