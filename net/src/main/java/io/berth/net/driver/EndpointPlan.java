package io.berth.net.driver;

import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import java.net.InetAddress;
import java.util.List;

/**
 * A container's place in a network.
 *
 * @param id of its own, hexadecimal
 * @param interfaceName in the container, such as {@code eth0}
 * @param addresses each with the prefix of its subnet
 * @param gateways of the default routes that it is to have through this network; may be none
 */
public record EndpointPlan(
    String id,
    String interfaceName,
    MacAddress mac,
    List<Cidr> addresses,
    List<InetAddress> gateways) {
  public EndpointPlan {
    addresses = List.copyOf(addresses);
    gateways = List.copyOf(gateways);
  }

  public boolean ipv6() {
    return addresses.stream().anyMatch(Cidr::isIpv6);
  }
}
