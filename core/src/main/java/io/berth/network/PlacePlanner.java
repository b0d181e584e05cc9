package io.berth.network;

import io.berth.api.NetworkAttachment;
import io.berth.api.SubnetSpec;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.SubnetPlan;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses what containers have in networks: addresses, names, interfaces, routes. */
final class PlacePlanner {
  private final NetworkHost host;
  private final NetworkFiles files;
  private final Addresses addresses;
  private final SecureRandom random = new SecureRandom();

  PlacePlanner(NetworkHost host) {
    this.host = host;
    this.files = host.files();
    this.addresses = new Addresses(files);
  }

  /** Checks what can be checked of a wish before the network is up. */
  void check(NetworkAttachment wanted) {
    NetworkConfig network = host.require(wanted.network());
    if (NetworkDrivers.isFixed(network.spec().driver())) {
      throw new InvalidInputException(
          "A container cannot be connected to "
              + network.name()
              + " beside others: give it as its network mode");
    }
    checkVersionsKnown(network, wanted);
  }

  private static void checkVersionsKnown(NetworkConfig network, NetworkAttachment wanted) {
    if (!network.spec().subnets().isEmpty()) {
      checkVersions(network, wanted);
    }
    if ((wanted.ip().isPresent() || wanted.ip6().isPresent()) && network.chosen()) {
      throw new InvalidInputException(
          "Cannot give an address in network "
              + network.name()
              + ": addresses can be chosen in networks that were made with a subnet");
    }
  }

  /**
   * Takes the addresses of a place, and chooses all else that it has; its files are not written
   * yet.
   *
   * @param before those that the container has already
   */
  Place plan(Joining joining, NetworkConfig network, NetworkAttachment wanted, List<Place> before) {
    NetworkDriver driver = host.driver(network);
    String owner = files.owner(joining.directory());
    List<Cidr> leased = new ArrayList<>();
    boolean done = false;
    try {
      Optional<BigInteger> near = Optional.empty();
      for (SubnetSpec subnet : ipv4First(network)) {
        boolean ipv6 = subnet.subnet().indexOf(':') >= 0;
        Optional<String> fixed = ipv6 ? wanted.ip6() : wanted.ip();
        String name = joining.name() + "." + network.name();
        Cidr address = addresses.take(network, subnet, fixed, near, owner, name);
        leased.add(address);
        near = Optional.of(address.indexOf(address.address()));
      }
      checkVersions(network, wanted);
      boolean routed =
          !network.spec().internal() && before.stream().noneMatch(p -> p.member().routed());
      NetworkPlan plan = network.plan();
      EndpointPlan endpoint =
          new EndpointPlan(
              newId(),
              interfaceName(driver.interfacePrefix(plan), before),
              wanted.mac().map(MacAddress::new).orElseGet(() -> mac(leased)),
              leased,
              routed ? gateways(plan) : List.of());
      Member member =
          new Member(
              endpoint,
              owner,
              joining.id(),
              joining.name(),
              routed,
              names(joining, network, wanted),
              List.of());
      done = true;
      return new Place(network, member);
    } finally {
      if (!done) {
        leased.forEach(a -> files.release(network.id(), Cidr.text(a.address())));
      }
    }
  }

  private static List<SubnetSpec> ipv4First(NetworkConfig network) {
    return network.spec().subnets().stream()
        .sorted((a, b) -> Boolean.compare(a.subnet().contains(":"), b.subnet().contains(":")))
        .toList();
  }

  private static void checkVersions(NetworkConfig network, NetworkAttachment wanted) {
    if (wanted.ip6().isPresent() && !network.plan().ipv6()) {
      throw new InvalidInputException(
          "Network " + network.name() + " has no IPv6: make it with ipv6(true), or an IPv6 subnet");
    }
  }

  static List<InetAddress> gateways(NetworkPlan plan) {
    return plan.subnets().stream().map(SubnetPlan::gateway).toList();
  }

  private static String interfaceName(String prefix, List<Place> before) {
    Set<String> taken =
        before.stream().map(p -> p.member().endpoint().interfaceName()).collect(Collectors.toSet());
    int number = 0;
    while (taken.contains(prefix + number)) {
      number++;
    }
    return prefix + number;
  }

  private MacAddress mac(List<Cidr> leased) {
    return leased.stream()
        .filter(a -> !a.isIpv6())
        .findFirst()
        .map(a -> MacAddress.ofIpv4(a.address().getAddress()))
        .orElseGet(
            () -> {
              byte[] bytes = new byte[6];
              random.nextBytes(bytes);
              bytes[0] = 2;
              return MacAddress.of(bytes);
            });
  }

  private String newId() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** In the default network containers do not find each other by name, as in Docker. */
  private static List<String> names(
      Joining joining, NetworkConfig network, NetworkAttachment wanted) {
    if (network.isDefault()) {
      return List.of();
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(joining.name());
    names.addAll(wanted.aliases());
    names.add(joining.shortId());
    names.add(joining.hostname());
    return List.copyOf(names);
  }
}
