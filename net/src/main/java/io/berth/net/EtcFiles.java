package io.berth.net;

import java.util.List;

/**
 * The three files that an engine puts into a container's {@code /etc}, with the contents that
 * Docker gives them.
 *
 * <pre>{@code
 * EtcFiles files = EtcFiles.isolated("web", List.of(), List.of(), hostResolvConf);
 * Files.writeString(directory.resolve("hosts"), files.hosts());
 * }</pre>
 *
 * @param hostname the content of {@code /etc/hostname}
 * @param hosts the content of {@code /etc/hosts}
 * @param resolvConf the content of {@code /etc/resolv.conf}
 */
public record EtcFiles(String hostname, String hosts, String resolvConf) {

  /**
   * For a container with its own network namespace.
   *
   * @param hostname the container's name for itself, with its domain if it has one
   * @param addresses the container's addresses; none without a network
   * @param extraHosts more lines for the hosts file
   * @param hostResolvConf the host's {@code /etc/resolv.conf}; may be empty
   */
  public static EtcFiles isolated(
      String hostname, List<String> addresses, List<HostEntry> extraHosts, String hostResolvConf) {
    checkHostname(hostname);
    boolean ipv6 = addresses.stream().anyMatch(IpLiteral::isIpv6);
    return new EtcFiles(
        hostname + "\n",
        HostsFile.forContainer(hostname, addresses, extraHosts).text(),
        ResolvConf.parse(hostResolvConf).withoutLoopback(ipv6).text());
  }

  /**
   * For a container in the host's network namespace: what the host resolves, it resolves.
   *
   * @param hostHosts the host's {@code /etc/hosts}
   * @param hostResolvConf the host's {@code /etc/resolv.conf}, kept as it is
   */
  public static EtcFiles ofHost(
      String hostname, String hostHosts, List<HostEntry> extraHosts, String hostResolvConf) {
    checkHostname(hostname);
    String separator = hostHosts.isEmpty() || hostHosts.endsWith("\n") ? "" : "\n";
    String hosts = hostHosts + separator + new HostsFile(extraHosts).text();
    return new EtcFiles(hostname + "\n", hosts, hostResolvConf);
  }

  private static void checkHostname(String hostname) {
    HostEntry.checkNames("hostname", hostname, List.of(hostname));
  }
}
