package io.berth.network;

import io.berth.api.NetworkAttachment;
import io.berth.error.ConflictException;
import io.berth.net.Cidr;
import io.berth.net.HostEntry;
import io.berth.net.ResolvConf;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.namespace.DnsRedirect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says what a container finds in /etc about the networks it is in. */
final class Surroundings {
  private final NetworkFiles files;

  Surroundings(NetworkFiles files) {
    this.files = files;
  }

  /**
   * @param wanted for each place, what it was asked to be
   */
  Reach of(
      List<Place> places, List<NetworkAttachment> wanted, NetFiles net, NetworkNamespace inside) {
    List<Reach.Linked> linked = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).network().isDefault()) {
        linked.addAll(linked(places.get(i).network(), wanted.get(i).links()));
      }
    }
    String gateway =
        places.stream()
            .flatMap(p -> p.network().plan().subnets().stream())
            .map(s -> Cidr.text(s.gateway()))
            .findFirst()
            .orElse("");
    boolean resolver = net.looksUpNames() || onlyLoopbackResolvers();
    return new Reach(
        places.stream().flatMap(p -> p.member().addresses().stream()).toList(),
        resolver,
        resolver && DnsRedirect.install(inside),
        linked,
        gateway);
  }

  /** In the default network a link is a line of /etc/hosts. */
  private List<Reach.Linked> linked(NetworkConfig network, Map<String, String> links) {
    List<Reach.Linked> entries = new ArrayList<>();
    List<Member> members = files.members(network);
    for (Map.Entry<String, String> link : links.entrySet()) {
      // A name may also be the first digits of another's id.
      String wanted = link.getValue();
      Member target =
          members.stream()
              .filter(m -> m.containerName().equals(wanted))
              .findFirst()
              .or(
                  () ->
                      members.stream().filter(m -> m.containerId().startsWith(wanted)).findFirst())
              .orElseThrow(
                  () ->
                      new ConflictException(
                          "Cannot link to "
                              + wanted
                              + ": it is not running in network "
                              + network.name()
                              + ". Start it first"));
      Set<String> names = new LinkedHashSet<>(List.of(link.getKey(), target.containerName()));
      HostEntry entry = new HostEntry(target.addresses().get(0), List.copyOf(names));
      entries.add(new Reach.Linked(link.getKey(), target.containerId(), entry));
    }
    return entries;
  }

  /** Those of this host that a container cannot reach, but the helper of its monitor can. */
  private static boolean onlyLoopbackResolvers() {
    try {
      List<String> servers =
          ResolvConf.parse(Files.readString(Path.of("/etc/resolv.conf"))).nameservers();
      return !servers.isEmpty()
          && servers.stream()
              .allMatch(s -> s.indexOf('%') < 0 && Cidr.address(s).isLoopbackAddress());
    } catch (IOException e) {
      return false;
    }
  }
}
