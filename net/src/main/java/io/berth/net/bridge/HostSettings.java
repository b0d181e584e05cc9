package io.berth.net.bridge;

import io.berth.net.linux.Link;
import io.berth.net.linux.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kernel's network settings of this host, files below {@code /proc/sys/net}. */
final class HostSettings {
  private final NetworkNamespace host;

  HostSettings(NetworkNamespace host) {
    this.host = host;
  }

  private boolean is(String name, String value) {
    return host.setting(name).equals(Optional.of(value));
  }

  /** Does nothing when it is not there or may not be written. */
  void write(String name, String value) {
    host.set(name, value);
  }

  /** Has the host forward packets; what prevents it, with its remedy. */
  List<String> forward(boolean ipv6) {
    List<String> warnings = new ArrayList<>();
    turnOn("ipv4/ip_forward", "IPv4").ifPresent(warnings::add);
    if (ipv6 && !is("ipv6/conf/all/forwarding", "1")) {
      keepRouterAdvertisements();
      turnOn("ipv6/conf/all/forwarding", "IPv6").ifPresent(warnings::add);
    }
    return warnings;
  }

  private Optional<String> turnOn(String name, String protocol) {
    if (is(name, "1") || host.set(name, "1")) {
      return Optional.empty();
    }
    return Optional.of(
        "This host does not forward "
            + protocol
            + " packets and this engine may not change that: containers reach each other, but no"
            + " other hosts. Run \"sysctl -w net."
            + name.replace('/', '.')
            + "=1\" on the host");
  }

  /** A host that forwards IPv6 forgets the routes that routers told it, unless this is 2. */
  private void keepRouterAdvertisements() {
    for (Link link : host.route().links()) {
      String setting = "ipv6/conf/" + link.name() + "/accept_ra";
      if (is(setting, "1")) {
        write(setting, "2");
      }
    }
  }
}
