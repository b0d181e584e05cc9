package io.berth.api;

import java.util.List;
import java.util.Optional;

/**
 * A running container's place in a network.
 *
 * @param id of its own, 64 hexadecimal digits
 * @param interfaceName in the container, such as {@code eth0}
 * @param ip its IPv4 address with the prefix, such as {@code 172.18.0.2/16}
 * @param gateway of the network; empty where it leads nowhere
 * @param names that the network's containers find it by, the container's own first
 */
public record Endpoint(
    String id,
    String networkId,
    String networkName,
    String containerId,
    String containerName,
    String interfaceName,
    String mac,
    Optional<String> ip,
    Optional<String> ip6,
    Optional<String> gateway,
    Optional<String> gateway6,
    List<String> names) {
  public Endpoint {
    names = List.copyOf(names);
  }

  /** Its IPv4 address without the prefix; empty without one. */
  public String address() {
    return ip.map(i -> i.substring(0, i.indexOf('/'))).orElse("");
  }
}
