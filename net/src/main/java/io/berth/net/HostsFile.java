package io.berth.net;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A hosts file (hosts(5)).
 *
 * @param entries its lines, in order
 */
public record HostsFile(List<HostEntry> entries) {
  private static final List<HostEntry> LOCAL =
      List.of(
          new HostEntry("127.0.0.1", "localhost"),
          new HostEntry("::1", "localhost", "ip6-localhost", "ip6-loopback"),
          new HostEntry("fe00::", "ip6-localnet"),
          new HostEntry("ff00::", "ip6-mcastprefix"),
          new HostEntry("ff02::1", "ip6-allnodes"),
          new HostEntry("ff02::2", "ip6-allrouters"));

  public HostsFile {
    entries = List.copyOf(entries);
  }

  /** Docker's: the loopback names, the extra ones, and the container's own at its addresses. */
  static HostsFile forContainer(
      String hostname, List<String> addresses, List<HostEntry> extraHosts) {
    List<HostEntry> entries = new ArrayList<>(LOCAL);
    entries.addAll(extraHosts);
    for (String address : addresses) {
      entries.add(new HostEntry(address, ownNames(hostname)));
    }
    return new HostsFile(entries);
  }

  /** The file's content. */
  public String text() {
    return entries.stream().map(HostEntry::line).collect(Collectors.joining());
  }

  /** A full name comes with its first label as a short form. */
  private static List<String> ownNames(String hostname) {
    int dot = hostname.indexOf('.');
    return dot < 0 ? List.of(hostname) : List.of(hostname, hostname.substring(0, dot));
  }
}
