package io.berth.net.driver;

import io.berth.error.ConflictException;
import io.berth.net.Cidr;

/** The host reaches addresses of a network through another interface. */
public class SubnetClashException extends ConflictException {
  public SubnetClashException(String network, Cidr subnet, String usedBy) {
    super(
        "The subnet "
            + subnet
            + " of network "
            + network
            + " is in use on this host by "
            + usedBy
            + ". Give the network another subnet, or none to have a free one chosen");
  }
}
