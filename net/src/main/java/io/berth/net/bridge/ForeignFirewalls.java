package io.berth.net.bridge;

import io.berth.net.linux.LegacyFilter;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.NftSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Other firewalls of a host that drop what is forwarded and that none of their rules allows. A
 * packet that any firewall drops is gone, whatever another accepts.
 */
final class ForeignFirewalls {
  private static final int FORWARD = 2;
  private static final String UFW = "ufw-before-forward";

  private final NetworkNamespace host;
  private final Optional<NftSocket> nft;

  ForeignFirewalls(NetworkNamespace host, Optional<NftSocket> nft) {
    this.host = host;
    this.nft = nft;
  }

  /** What is in the way of packets to and from a bridge, each with its remedy. */
  List<String> obstacles(String bridge, boolean ipv6) {
    Set<String> remedies = new LinkedHashSet<>();
    List<String> all = new ArrayList<>();
    nft.ifPresent(socket -> ofNfTables(socket, bridge, all, remedies));
    host.call(LegacyFilter::ofIpv4).ifPresent(f -> ofLegacy(f, "", bridge, all, remedies));
    if (ipv6) {
      host.call(LegacyFilter::ofIpv6).ifPresent(f -> ofLegacy(f, "6", bridge, all, remedies));
    }
    return all;
  }

  private void ofNfTables(NftSocket socket, String bridge, List<String> all, Set<String> remedies) {
    boolean ufw = socket.chains().stream().anyMatch(c -> c.endsWith(" " + UFW));
    for (NftSocket.BaseChain chain : socket.baseChains()) {
      // firewalld's chain ends with a rule that rejects.
      boolean firewalld = chain.table().equals("firewalld");
      if (chain.hook() != FORWARD || chain.table().startsWith("berth")) {
        continue;
      }
      if (!chain.dropsByDefault() && !firewalld) {
        continue;
      }
      String remedy =
          firewalld
              ? "firewall-cmd --permanent --zone=trusted --add-interface=%1$s;"
                  + " firewall-cmd --reload"
              : ufw ? ufw() : ofChain(chain);
      add(chain.table() + " " + chain.name(), remedy.formatted(bridge), bridge, all, remedies);
    }
  }

  private static String ufw() {
    return "ufw route allow in on %1$s; ufw route allow out on %1$s";
  }

  private static String ofChain(NftSocket.BaseChain chain) {
    return chain.table().equals("filter") && chain.name().equals("FORWARD")
        ? "iptables -I FORWARD -i %1$s -j ACCEPT; iptables -I FORWARD -o %1$s -j ACCEPT"
        : "nft insert rule inet "
            + chain.table()
            + " "
            + chain.name()
            + " iifname %1$s accept; nft insert rule inet "
            + chain.table()
            + " "
            + chain.name()
            + " oifname %1$s accept";
  }

  private static void ofLegacy(
      LegacyFilter filter, String version, String bridge, List<String> all, Set<String> remedies) {
    if (filter.drops()) {
      String program = "ip" + version + "tables-legacy";
      String remedy =
          filter.mentions(UFW)
              ? ufw()
              : program
                  + " -I FORWARD -i %1$s -j ACCEPT; "
                  + program
                  + " -I FORWARD -o %1$s -j ACCEPT";
      add("FORWARD of " + program, remedy.formatted(bridge), bridge, all, remedies);
    }
  }

  private static void add(
      String chain, String remedy, String bridge, List<String> all, Set<String> remedies) {
    if (remedies.add(remedy)) {
      all.add(
          "The firewall of this host drops what is forwarded (chain "
              + chain
              + "), so containers on "
              + bridge
              + " may not reach other hosts, nor published ports be reached. Allow it: "
              + remedy);
    }
  }
}
