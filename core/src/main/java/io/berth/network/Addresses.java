package io.berth.network;

import io.berth.api.SubnetSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hands out the addresses of networks, the lowest that is free first. */
final class Addresses {
  private final NetworkFiles files;

  Addresses(NetworkFiles files) {
    this.files = files;
  }

  /**
   * Takes one address of a subnet, with its prefix.
   *
   * @param fixed the one it is to be
   * @param near an index in the subnet to try first, as that of the same container in another
   * @throws ConflictException when it is taken, or none is free
   */
  Cidr take(
      NetworkConfig network,
      SubnetSpec spec,
      Optional<String> fixed,
      Optional<BigInteger> near,
      String owner,
      String name) {
    Cidr subnet = Cidr.parse(spec.subnet()).network();
    if (fixed.isPresent()) {
      return new Cidr(takeFixed(network, spec, subnet, fixed.get(), owner, name), subnet.prefix());
    }
    Cidr range = spec.range().map(Cidr::parse).map(Cidr::network).orElse(subnet);
    Set<InetAddress> taken = new HashSet<>(reserved(spec, subnet));
    files.leased(network.id()).forEach(a -> taken.add(Cidr.address(a)));
    Optional<InetAddress> wished = near.map(subnet::nth).filter(range::contains);
    if (wished.isPresent()
        && !taken.contains(wished.get())
        && files.lease(network.id(), wished.get(), owner, name)) {
      return new Cidr(wished.get(), subnet.prefix());
    }
    // Of so many that are taken, one more is free, unless the range ends before.
    long most = range.size().min(BigInteger.valueOf(Integer.MAX_VALUE)).longValue();
    for (long i = 0; i < most; i++) {
      InetAddress next = range.nth(i);
      if (!taken.contains(next) && files.lease(network.id(), next, owner, name)) {
        return new Cidr(next, subnet.prefix());
      }
    }
    throw new ConflictException(
        "Network "
            + network.name()
            + " has no free address in "
            + range
            + ": remove a container from it, or make a network with a larger subnet");
  }

  private InetAddress takeFixed(
      NetworkConfig network,
      SubnetSpec spec,
      Cidr subnet,
      String fixed,
      String owner,
      String name) {
    InetAddress address = Cidr.address(fixed);
    if (network.chosen() || network.isDefault()) {
      throw new InvalidInputException(
          "Cannot give the address "
              + fixed
              + " in network "
              + network.name()
              + ": addresses can be chosen in networks that were made with a subnet");
    }
    if (!subnet.contains(address)) {
      throw new InvalidInputException(
          "The address " + fixed + " is not in the subnet " + subnet + " of " + network.name());
    }
    if (reserved(spec, subnet).contains(address) && !spec.reserved().containsValue(fixed)) {
      throw new InvalidInputException(
          "The address "
              + fixed
              + " of network "
              + network.name()
              + " is the subnet's own, its broadcast address or the gateway's");
    }
    if (!files.lease(network.id(), address, owner, name)) {
      throw new ConflictException(
          "The address "
              + fixed
              + " in network "
              + network.name()
              + " is in use"
              + files
                  .owner(network.id(), Cidr.text(address))
                  .map(o -> " by container " + shortName(o))
                  .orElse("")
              + ". Choose another, or stop that container");
    }
    return address;
  }

  private static String shortName(String owner) {
    String id = owner.substring(owner.lastIndexOf('/') + 1);
    return id.substring(0, Math.min(12, id.length()));
  }

  private static List<InetAddress> reserved(SubnetSpec spec, Cidr subnet) {
    List<InetAddress> all = new ArrayList<>();
    all.add(subnet.address());
    if (!subnet.isIpv6()) {
      all.add(subnet.last());
    }
    spec.gateway().map(Cidr::address).ifPresent(all::add);
    spec.reserved().values().forEach(a -> all.add(Cidr.address(a)));
    return all;
  }
}
