package io.berth.api;

import java.util.List;
import java.util.Map;

/**
 * What a network was made with.
 *
 * @param driver {@code bridge}, or that of another who implements one; {@code host} and {@code
 *     null} for the networks host and none
 * @param internal whether it leads to no other hosts
 * @param subnets at most one for each version of IP; their gateways are chosen
 * @param options of the driver
 */
public record NetworkSpec(
    String driver,
    boolean internal,
    boolean ipv6,
    List<SubnetSpec> subnets,
    Map<String, String> options,
    Map<String, String> labels) {
  public NetworkSpec {
    subnets = List.copyOf(subnets);
    options = Map.copyOf(options);
    labels = Map.copyOf(labels);
  }
}
