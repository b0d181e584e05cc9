package io.berth.network;

import io.berth.api.SubnetSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.ResolvConf;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Chooses and checks the subnets of networks. */
final class Subnets {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final int FIRST_PREFIX = 16;
  private static final int SECOND_PREFIX = 20;

  private final Supplier<List<Cidr>> usedByHost;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param usedByHost what this host reaches without these networks
   */
  Subnets(Supplier<List<Cidr>> usedByHost) {
    this.usedByHost = usedByHost;
  }

  /**
   * One IPv4 subnet that nobody here uses, of those that Docker chooses from too.
   *
   * @param first whether it is to be the first of them, rather than any: two engines that choose at
   *     once would meet again and again
   */
  SubnetSpec chooseIpv4(List<Cidr> ours, boolean first) {
    List<Cidr> used = new ArrayList<>(ours);
    used.addAll(usedByHost.get());
    used.addAll(nameServers());
    List<Cidr> candidates = candidates();
    if (!first) {
      Collections.shuffle(candidates, random);
    }
    for (Cidr candidate : candidates) {
      if (used.stream().noneMatch(candidate::overlaps)) {
        return withGateway(SubnetSpec.of(candidate.toString()), candidate);
      }
    }
    throw new ConflictException(
        "All private IPv4 subnets are in use on this host (172.17.0.0/12, 192.168.0.0/16): remove"
            + " networks that are not needed, or give this one a subnet");
  }

  private static List<Cidr> candidates() {
    List<Cidr> all = new ArrayList<>();
    for (int i = 17; i < 32; i++) {
      all.add(Cidr.of(new byte[] {(byte) 172, (byte) i, 0, 0}, FIRST_PREFIX));
    }
    for (int i = 0; i < 256; i += 16) {
      all.add(Cidr.of(new byte[] {(byte) 192, (byte) 168, (byte) i, 0}, SECOND_PREFIX));
    }
    return all;
  }

  /** A unique local IPv6 subnet (RFC 4193): random, so that no two are the same. */
  SubnetSpec chooseIpv6() {
    byte[] address = new byte[16];
    byte[] id = new byte[5];
    random.nextBytes(id);
    address[0] = (byte) 0xfd;
    System.arraycopy(id, 0, address, 1, id.length);
    Cidr subnet = Cidr.of(address, 64);
    return withGateway(SubnetSpec.of(subnet.toString()), subnet);
  }

  private static List<Cidr> nameServers() {
    try {
      return ResolvConf.parse(Files.readString(RESOLV_CONF)).nameservers().stream()
          .filter(n -> n.indexOf('%') < 0)
          .map(Cidr::address)
          .map(a -> new Cidr(a, a.getAddress().length * 8))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static SubnetSpec withGateway(SubnetSpec spec, Cidr subnet) {
    return spec.gateway().isPresent() ? spec : spec.gateway(Cidr.text(subnet.nth(1)));
  }

  /**
   * A subnet as it was given, with its gateway.
   *
   * @throws InvalidInputException when it is none, or its parts are not in it
   */
  static SubnetSpec check(SubnetSpec given) {
    Cidr subnet = Cidr.parse(given.subnet());
    if (!subnet.network().equals(subnet)) {
      throw new InvalidInputException(
          "Invalid subnet "
              + given.subnet()
              + ": it has bits beyond its prefix. It should be "
              + subnet.network());
    }
    int most = subnet.isIpv6() ? 127 : 30;
    if (subnet.prefix() > most || subnet.prefix() == 0) {
      throw new InvalidInputException(
          "Invalid subnet "
              + subnet
              + ": expected a prefix of 1 to "
              + most
              + ", so that a gateway and a container have room");
    }
    if (subnet.address().isLoopbackAddress() || subnet.address().isMulticastAddress()) {
      throw new InvalidInputException(
          "Invalid subnet " + subnet + ": loopback and multicast addresses are for no network");
    }
    given.gateway().ifPresent(g -> checkInside("gateway", Cidr.address(g), subnet));
    given.reserved().values().forEach(a -> checkInside("address", Cidr.address(a), subnet));
    given
        .range()
        .map(Cidr::parse)
        .ifPresent(
            range -> {
              checkInside("range", range.address(), subnet);
              if (range.prefix() < subnet.prefix()) {
                throw new InvalidInputException(
                    "The range " + range + " is larger than the subnet " + subnet);
              }
            });
    return withGateway(given, subnet);
  }

  private static void checkInside(String what, InetAddress address, Cidr subnet) {
    boolean usable =
        subnet.contains(address)
            && (what.equals("range")
                || !address.equals(subnet.address())
                    && (subnet.isIpv6() || !address.equals(subnet.last())));
    if (!usable) {
      throw new InvalidInputException(
          "The " + what + " " + Cidr.text(address) + " is no address of the subnet " + subnet);
    }
  }
}
