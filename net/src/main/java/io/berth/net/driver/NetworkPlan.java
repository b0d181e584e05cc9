package io.berth.net.driver;

import java.util.List;
import java.util.Map;

/**
 * A network, as its driver sees it.
 *
 * @param id 64 hexadecimal digits
 * @param internal whether it leads nowhere but to its containers
 * @param subnets one for each version of IP that it has
 * @param options the driver's
 */
public record NetworkPlan(
    String id,
    String name,
    boolean internal,
    List<SubnetPlan> subnets,
    Map<String, String> options) {
  public NetworkPlan {
    subnets = List.copyOf(subnets);
    options = Map.copyOf(options);
  }

  public boolean ipv6() {
    return subnets.stream().anyMatch(s -> s.subnet().isIpv6());
  }
}
