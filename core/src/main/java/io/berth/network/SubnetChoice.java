package io.berth.network;

import io.berth.api.SubnetSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import java.util.ArrayList;
import java.util.List;

/** Gives networks their subnets, beside those that others have. */
final class SubnetChoice {
  private final NetworkFiles files;
  private final Subnets subnets;

  SubnetChoice(NetworkFiles files, Subnets subnets) {
    this.files = files;
    this.subnets = subnets;
  }

  /**
   * The subnets of a network: those that were given, and one of each version that it lacks.
   *
   * @param first as in {@link Subnets#chooseIpv4}
   */
  List<SubnetSpec> complete(NetworkConfig network, List<SubnetSpec> given, boolean first) {
    List<SubnetSpec> all = new ArrayList<>(given);
    long ipv6 = all.stream().filter(s -> Cidr.parse(s.subnet()).isIpv6()).count();
    if (ipv6 > 1 || all.size() - ipv6 > 1) {
      throw new InvalidInputException(
          "Network "
              + network.name()
              + " was given two subnets of one version of IP; expected one of each at most");
    }
    if (network.spec().ipv6() && ipv6 == 0) {
      all.add(subnets.chooseIpv6());
    }
    if (all.size() == ipv6) {
      all.add(0, subnets.chooseIpv4(ours(), first));
    }
    return all;
  }

  private List<Cidr> ours() {
    return files.all().stream()
        .flatMap(n -> n.spec().subnets().stream())
        .map(s -> Cidr.parse(s.subnet()))
        .toList();
  }

  /** Refuses subnets that another network of this engine has. */
  void checkOverlap(List<SubnetSpec> given) {
    for (NetworkConfig other : files.all()) {
      for (SubnetSpec theirs : other.spec().subnets()) {
        for (SubnetSpec subnet : given) {
          if (Cidr.parse(theirs.subnet()).overlaps(Cidr.parse(subnet.subnet()))) {
            throw new ConflictException(
                "The subnet "
                    + subnet.subnet()
                    + " overlaps "
                    + theirs.subnet()
                    + " of network "
                    + other.name()
                    + ". Choose another, or give none to have a free one chosen");
          }
        }
      }
    }
  }
}
