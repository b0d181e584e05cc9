package io.berth.net.driver;

import io.berth.net.Cidr;
import java.net.InetAddress;

/**
 * The addresses of a network.
 *
 * @param gateway the host's own in it
 */
public record SubnetPlan(Cidr subnet, InetAddress gateway) {
  /** The gateway with the subnet's prefix. */
  public Cidr host() {
    return new Cidr(gateway, subnet.prefix());
  }
}
