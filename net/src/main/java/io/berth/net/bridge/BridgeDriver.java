package io.berth.net.bridge;

import static java.util.stream.Collectors.toSet;

import io.berth.error.ConflictException;
import io.berth.error.SystemCallException;
import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.driver.Bridges;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.PortForward;
import io.berth.net.driver.SubnetClashException;
import io.berth.net.driver.SubnetPlan;
import io.berth.net.linux.Link;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.Route;
import io.berth.net.linux.RouteSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Networks on a bridge: each container has one end of a veth pair, and the bridge the other. The
 * bridge has the gateway's address, and the host routes and translates ({@link Firewall}).
 */
public final class BridgeDriver implements Bridges {
  /** The name that networks say. */
  public static final String NAME = "bridge";

  private static final int USUAL_MTU = 1500;
  // Of what pasta and slirp4netns give: no packet of theirs is on a wire.
  private static final int MOST_MTU = 65520;

  private final NetworkNamespace namespace;
  private final RouteSocket host;
  private final Optional<Firewall> firewall;
  private final HostSettings settings;
  private final ForeignFirewalls others;
  private final BridgeMarks marks;
  private final boolean onHost;
  private final int mostMtu;

  /**
   * @param engine whose bridges they are; a remark on each says so
   * @param namespace that has the bridges; closed with this
   * @param firewall none where rules may not be written
   * @param home the engine's data directory, where its bridges are not known to go with something
   * @param onHost whether the namespace is the host's, and so its ports are
   * @param mostMtu of the bridges whose network says none
   */
  private BridgeDriver(
      String engine,
      NetworkNamespace namespace,
      Optional<Firewall> firewall,
      Optional<Path> home,
      boolean onHost,
      int mostMtu) {
    this.namespace = namespace;
    this.host = namespace.route();
    this.firewall = firewall;
    this.settings = new HostSettings(namespace);
    this.others = new ForeignFirewalls(namespace, firewall.map(Firewall::socket));
    this.marks = new BridgeMarks(engine, home);
    this.onHost = onHost;
    this.mostMtu = mostMtu;
  }

  /**
   * The driver of this host.
   *
   * @param home the engine's data directory
   * @throws SystemCallException when this process may not change the network
   */
  public static BridgeDriver open(String engine, Path home) {
    return on(NetworkNamespace.own(), engine, home);
  }

  /** The driver of a host that is a namespace; closed with the driver. */
  public static BridgeDriver on(NetworkNamespace host, String engine, Path home) {
    return new BridgeDriver(engine, host, rules(engine, host), Optional.of(home), true, USUAL_MTU);
  }

  /**
   * One whose bridges are in a namespace of their own, which something else connects to the host.
   * Ports of the host lead to its containers through a process.
   *
   * @param namespace closed with the driver
   */
  public static BridgeDriver within(String engine, NetworkNamespace namespace) {
    return new BridgeDriver(
        engine, namespace, rules(engine, namespace), Optional.empty(), false, MOST_MTU);
  }

  private static Optional<Firewall> rules(String engine, NetworkNamespace namespace) {
    try {
      Firewall firewall = new Firewall(engine, namespace.nft());
      firewall.exists();
      return Optional.of(firewall);
    } catch (SystemCallException e) {
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean hasAddresses() {
    return true;
  }

  @Override
  public boolean publishes() {
    return onHost && firewall.isPresent();
  }

  @Override
  public void publish(List<PortForward> forwards) {
    firewall.orElseThrow().publish(forwards);
  }

  @Override
  public void unpublish(List<PortForward> forwards) {
    firewall.ifPresent(f -> f.unpublish(forwards));
  }

  @Override
  public byte[] unpublishMessages(List<PortForward> forwards) {
    return firewall.map(f -> f.removalMessages(forwards)).orElse(new byte[0]);
  }

  @Override
  public void check(NetworkPlan network) {
    BridgeOptions.of(network);
  }

  @Override
  public String interfacePrefix(NetworkPlan network) {
    return BridgeOptions.of(network).interfacePrefix();
  }

  @Override
  public Optional<InetAddress> binding(NetworkPlan network) {
    return BridgeOptions.of(network).binding();
  }

  @Override
  public List<String> up(NetworkPlan network) {
    BridgeOptions options = BridgeOptions.of(network);
    Optional<Link> there = host.link(options.bridge());
    there.ifPresent(link -> checkOurs(link, network));
    if (there.isPresent() && there.get().up()) {
      firewall.ifPresent(f -> f.add(network));
      return warnings(network);
    }
    boolean done = false;
    try {
      if (there.isEmpty()) {
        host.createBridge(options.bridge(), marks.alias(network), bridgeMac(network), mtu(options));
      }
      configure(network, options);
      done = true;
    } finally {
      if (!done) {
        host.deleteLink(options.bridge());
      }
    }
    return warnings(network);
  }

  private void checkOurs(Link link, NetworkPlan network) {
    if (!marks.isOf(link, network)) {
      throw new ConflictException(
          "Network "
              + network.name()
              + " cannot have the interface "
              + link.name()
              + ": this host has one of that name already. Choose another name, or remove it with"
              + " \"ip link delete "
              + link.name()
              + "\" if nobody needs it");
    }
  }

  private static MacAddress bridgeMac(NetworkPlan network) {
    byte[] id = HexFormat.of().parseHex(network.id().substring(0, 10));
    return MacAddress.of(new byte[] {0x02, id[0], id[1], id[2], id[3], id[4]});
  }

  private void configure(NetworkPlan network, BridgeOptions options) {
    String bridge = options.bridge();
    int index = host.link(bridge).orElseThrow().index();
    settings.write("ipv6/conf/" + bridge + "/disable_ipv6", network.ipv6() ? "0" : "1");
    settings.write("ipv6/conf/" + bridge + "/accept_ra", "0");
    // Answers to 127.0.0.1 come back by the bridge.
    settings.write("ipv4/conf/" + bridge + "/route_localnet", "1");
    host.configure(index, network.subnets().stream().map(SubnetPlan::host).toList(), List.of());
    checkClash(network, index);
    firewall.ifPresent(f -> f.add(network));
  }

  /** Seen after the bridge has its address: of two engines at once, one at least sees the other. */
  private void checkClash(NetworkPlan network, int index) {
    for (Route route : host.routes()) {
      boolean other = route.destination().prefix() > 0 && !route.link().equals(Optional.of(index));
      for (SubnetPlan subnet : network.subnets()) {
        if (other && subnet.subnet().overlaps(route.destination())) {
          throw new SubnetClashException(
              network.name(), subnet.subnet(), "a route to " + route.destination());
        }
      }
    }
  }

  /** What the host reaches other hosts by; containers with larger packets would lose them. */
  private int mtu(BridgeOptions options) {
    return options
        .mtu()
        .orElseGet(
            () -> {
              Optional<Integer> link =
                  host.routes().stream()
                      .filter(r -> r.destination().prefix() == 0)
                      .flatMap(r -> r.link().stream())
                      .findFirst();
              return host.links().stream()
                  .filter(l -> link.equals(Optional.of(l.index())))
                  .map(l -> Math.min(l.mtu(), mostMtu))
                  .findFirst()
                  .orElse(USUAL_MTU);
            });
  }

  private List<String> warnings(NetworkPlan network) {
    List<String> warnings = new ArrayList<>();
    if (network.internal()) {
      return warnings;
    }
    warnings.addAll(settings.forward(network.ipv6()));
    if (onHost) {
      warnings.addAll(others.obstacles(BridgeOptions.of(network).bridge(), network.ipv6()));
    }
    if (firewall.isEmpty()) {
      warnings.add(
          "Firewall rules may not be written here: containers reach no other hosts, and published"
              + " ports go through a process. Give this process CAP_NET_ADMIN and a kernel with"
              + " nf_tables");
      return warnings;
    }
    return warnings;
  }

  @Override
  public void down(NetworkPlan network) {
    BridgeOptions options = BridgeOptions.of(network);
    Optional<Link> link = host.link(options.bridge());
    if (link.isPresent() && marks.isOf(link.get(), network)) {
      host.deleteLink(options.bridge());
    }
    boolean last = host.links().stream().noneMatch(marks::isOurs);
    firewall.ifPresent(
        f -> {
          if (last) {
            f.delete();
          } else {
            f.remove(network);
          }
        });
  }

  @Override
  public void removeStale(List<NetworkPlan> known) {
    for (Link link : host.links()) {
      if (marks.isOurs(link) && known.stream().noneMatch(n -> marks.isOf(link, n))) {
        host.deleteLink(link.name());
      }
    }
  }

  /**
   * Other engines' data directories that are not there (any more, or for this process) have no
   * engine that removes their bridges. One that nothing is connected to can be removed: an engine
   * that needs it after all makes it again.
   */
  @Override
  public void removeAbandoned() {
    List<Link> links = host.links();
    Set<Integer> used = links.stream().flatMap(l -> l.master().stream()).collect(toSet());
    Set<String> engines = new HashSet<>();
    for (Link link : links) {
      if (!used.contains(link.index()) && marks.isAbandoned(link)) {
        host.deleteLink(link.name());
      } else {
        BridgeMarks.engine(link).ifPresent(engines::add);
      }
    }
    firewall.ifPresent(f -> f.deleteOthers(engines));
  }

  @Override
  public boolean isUp(NetworkPlan network) {
    return host.link(BridgeOptions.of(network).bridge()).map(Link::up).orElse(false)
        && firewall.map(Firewall::exists).orElse(true);
  }

  @Override
  public void attach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    BridgeOptions options = BridgeOptions.of(network);
    Link bridge =
        host.link(options.bridge())
            .orElseThrow(
                () ->
                    new ConflictException(
                        "Interface "
                            + options.bridge()
                            + " of network "
                            + network.name()
                            + " is gone: something removed it. Start the container again"));
    String name = vethName(endpoint);
    host.createPair(
        new RouteSocket.Pair(
            name,
            bridge.index(),
            endpoint.interfaceName(),
            namespace,
            endpoint.mac(),
            bridge.mtu(),
            !options.containersTalk()));
    boolean done = false;
    try {
      if (endpoint.ipv6()) {
        // Namespaces begin without it, so that nothing has such an address in an IPv4 network.
        namespace.set("ipv6/conf/" + endpoint.interfaceName() + "/disable_ipv6", "0");
      }
      RouteSocket inside = namespace.route();
      int index = inside.link(endpoint.interfaceName()).orElseThrow().index();
      inside.configure(index, endpoint.addresses(), endpoint.gateways());
      host.awaitCarrier(name);
      host.awaitCarrier(options.bridge());
      done = true;
    } finally {
      if (!done) {
        host.deleteLink(name);
      }
    }
  }

  private static String vethName(EndpointPlan endpoint) {
    return "veth" + endpoint.id().substring(0, 11);
  }

  @Override
  public void detach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    host.deleteLink(vethName(endpoint));
  }

  @Override
  public List<Cidr> usedSubnets() {
    List<Cidr> used = new ArrayList<>();
    host.routes().forEach(r -> used.add(r.destination()));
    host.addresses().forEach(a -> used.add(a.destination()));
    used.removeIf(c -> c.prefix() == 0);
    return used;
  }

  @Override
  public void close() {
    namespace.close();
    firewall.ifPresent(Firewall::close);
  }

  /** Its rules, where they may be written. */
  public Optional<Firewall> firewall() {
    return firewall;
  }
}
