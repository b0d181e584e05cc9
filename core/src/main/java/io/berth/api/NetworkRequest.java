package io.berth.api;

import java.util.Map;

/** What a network is to be; made by {@link Networks#create}. Not thread-safe. */
public interface NetworkRequest {

  /** Who connects its containers; {@code bridge} by default. */
  NetworkRequest driver(String name);

  /** Whether it leads to no other hosts. */
  NetworkRequest internal(boolean internal);

  /** Whether it has IPv6 addresses, of a subnet that is chosen when none is given. */
  NetworkRequest ipv6(boolean on);

  /** Its addresses, such as {@code 172.28.0.0/16}; chosen when none are given. */
  default NetworkRequest subnet(String subnet) {
    return subnet(SubnetSpec.of(subnet));
  }

  /** Its addresses; one subnet for each version of IP. */
  NetworkRequest subnet(SubnetSpec subnet);

  /** An option of the driver's, such as {@code com.docker.network.driver.mtu}. */
  NetworkRequest option(String name, String value);

  /** Options of the driver's. */
  default NetworkRequest options(Map<String, String> options) {
    options.forEach(this::option);
    return this;
  }

  NetworkRequest label(String name, String value);

  /**
   * Makes the network.
   *
   * @throws io.berth.error.ConflictException when the name is taken or the host uses the subnet
   * @throws io.berth.error.InvalidInputException when a subnet, gateway or option is not valid
   */
  Network execute();
}
