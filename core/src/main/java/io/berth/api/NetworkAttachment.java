package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container's place in a network, as it is wished.
 *
 * <pre>{@code
 * berth.containers().create("postgres").network(NetworkAttachment.to("backend").alias("db"));
 * }</pre>
 *
 * @param network its name or id
 * @param aliases more names that the network's containers find it by
 * @param links the name or id of other containers, by the name that this one has for them
 * @param ip a fixed IPv4 address
 * @param ip6 a fixed IPv6 address
 * @param mac of its interface
 */
public record NetworkAttachment(
    String network,
    List<String> aliases,
    Map<String, String> links,
    Optional<String> ip,
    Optional<String> ip6,
    Optional<String> mac) {
  public NetworkAttachment {
    if (network.isBlank()) {
      throw new InvalidInputException("Invalid network \"\": expected a name");
    }
    aliases = List.copyOf(aliases);
    links = Map.copyOf(links);
  }

  /** With all as it comes. */
  public static NetworkAttachment to(String network) {
    return new NetworkAttachment(
        network, List.of(), Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public NetworkAttachment alias(String name) {
    List<String> all = new ArrayList<>(aliases);
    all.add(name);
    return new NetworkAttachment(network, all, links, ip, ip6, mac);
  }

  public NetworkAttachment link(String container, String alias) {
    Map<String, String> all = new LinkedHashMap<>(links);
    all.put(alias, container);
    return new NetworkAttachment(network, aliases, all, ip, ip6, mac);
  }

  public NetworkAttachment ip(String address) {
    return new NetworkAttachment(network, aliases, links, Optional.of(address), ip6, mac);
  }

  public NetworkAttachment ip6(String address) {
    return new NetworkAttachment(network, aliases, links, ip, Optional.of(address), mac);
  }

  public NetworkAttachment mac(String address) {
    return new NetworkAttachment(network, aliases, links, ip, ip6, Optional.of(address));
  }
}
