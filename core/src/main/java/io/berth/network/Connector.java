package io.berth.network;

import io.berth.api.Endpoint;
import io.berth.api.NetworkAttachment;
import io.berth.api.PublishSpec;
import io.berth.api.PublishedPort;
import io.berth.api.SubnetSpec;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.FileLock;
import io.berth.net.Cidr;
import io.berth.net.HostEntry;
import io.berth.net.MacAddress;
import io.berth.net.ResolvConf;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.PortForward;
import io.berth.net.driver.SubnetPlan;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.namespace.DnsRedirect;
import io.berth.net.namespace.NamespacePool;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Connects containers to networks and takes them out again. All of it is on disk before the
 * container runs; when it has ended, its monitor takes it back, and for a monitor that was killed,
 * whoever sweeps next.
 */
public final class Connector implements AutoCloseable {
  private final NetworkHost host;
  private final NetworkFiles files;
  private final Addresses addresses;
  private final NamespacePool namespaces = new NamespacePool();
  private final SecureRandom random = new SecureRandom();

  Connector(NetworkHost host) {
    this.host = host;
    this.files = host.files();
    this.addresses = new Addresses(files);
  }

  /** A network and the container's place in it. */
  private record Place(NetworkConfig network, Member member) {
    boolean leadsOutside() {
      return !network.spec().internal();
    }
  }

  // ---- Starting ---------------------------------------------------------------------------------

  /**
   * Connects a container that is about to start.
   *
   * @throws BerthException when that is not possible; nothing has changed then
   */
  public Connection connect(Joining joining) {
    if (joining.networking().attachments().isEmpty()) {
      return Connection.none(List.of());
    }
    awaitEnd(joining.directory());
    try {
      return tryConnect(joining);
    } catch (ConflictException e) {
      // What stands in the way may be left by a monitor that was killed.
      host.sweepAlone();
      return tryConnect(joining);
    } catch (InvalidInputException | NotFoundException e) {
      throw e;
    } catch (BerthException e) {
      if (!joining.mode().isDefault() || asksForNetwork(joining)) {
        throw e;
      }
      String warning =
          "Containers have no network here, as none was asked for and the default one cannot be: "
              + e.getMessage()
              + ". Ask for the network none, or for bridge to have this as an error";
      host.warn(List.of(warning));
      return Connection.none(List.of(warning));
    }
  }

  private static boolean asksForNetwork(Joining joining) {
    return joining.networking().attachments().size() > 1
        || !joining.networking().published().isEmpty();
  }

  /** Of its last run: the monitor gives the exit code before it cleans up. */
  private static void awaitEnd(Path directory) {
    Path monitor = directory.resolve("monitor");
    if (Files.exists(monitor)) {
      FileLock.shared(monitor).close();
    }
  }

  private Connection tryConnect(Joining joining) {
    List<NetworkAttachment> wanted = joining.networking().attachments();
    NetworkHost.Held held = host.hold(wanted.stream().map(NetworkAttachment::network).toList());
    HostPorts ports = HostPorts.none();
    Optional<NetworkNamespace> namespace = Optional.empty();
    List<Place> places = new ArrayList<>();
    boolean done = false;
    try {
      forget(joining.id());
      for (int i = 0; i < wanted.size(); i++) {
        places.add(place(joining, held.networks().get(i), wanted.get(i), places));
      }
      Optional<Place> outside = places.stream().filter(Place::leadsOutside).findFirst();
      ports = holdPorts(joining, outside);
      namespace = Optional.of(namespaces.take());
      for (Place place : places) {
        attach(place, namespace.get());
      }
      places = publish(places, ports.ports());
      NetFiles net = new NetFiles(joining.directory());
      net.clear();
      for (int i = 0; i < places.size(); i++) {
        write(net, places.get(i), wanted.get(i));
      }
      net.ports(ports.ports(), outside.map(Place::member));
      net.upstream(outside.isPresent(), joining.dns());
      undoAtEnd(net, places);
      Reach reach = reach(places, wanted, net, namespace.get());
      done = true;
      List<Place> all = places;
      return new Connection(
          Optional.of(held), namespace, ports, reach, held.warnings(), () -> release(all));
    } finally {
      if (!done) {
        release(places);
        ports.close();
        namespace.ifPresent(NetworkNamespace::close);
        held.close();
      }
    }
  }

  /** What a run of it has left whose monitor was killed. */
  private void forget(String containerId) {
    for (String network : files.networksOf(containerId)) {
      Optional<Member> member = files.member(network, containerId);
      files.read(network).ifPresent(n -> member.ifPresent(m -> host.release(n, m)));
    }
  }

  private void release(List<Place> places) {
    places.forEach(p -> host.release(p.network(), p.member()));
  }

  private Place place(
      Joining joining, NetworkConfig network, NetworkAttachment wanted, List<Place> before) {
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

  private static List<InetAddress> gateways(NetworkPlan plan) {
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

  private HostPorts holdPorts(Joining joining, Optional<Place> outside) {
    List<PublishSpec> wanted = new ArrayList<>(joining.networking().published());
    if (joining.networking().publishAll()) {
      for (String exposed : joining.exposed()) {
        PublishSpec.parse(exposed).stream()
            .filter(p -> wanted.stream().noneMatch(w -> sameTarget(w, p)))
            .forEach(wanted::add);
      }
    }
    if (wanted.isEmpty() || outside.isEmpty()) {
      return HostPorts.none();
    }
    NetworkConfig network = outside.get().network();
    return HostPorts.hold(
        wanted, HostPorts.everywhere(host.driver(network).binding(network.plan())));
  }

  private static boolean sameTarget(PublishSpec a, PublishSpec b) {
    return a.containerPort() == b.containerPort() && a.protocol().equals(b.protocol());
  }

  private void attach(Place place, NetworkNamespace namespace) {
    host.driver(place.network())
        .attach(place.network().plan(), place.member().endpoint(), namespace);
  }

  /** Has the kernel lead ports to the first place that leads outside, where it can. */
  private List<Place> publish(List<Place> places, List<PublishedPort> ports) {
    List<Place> all = new ArrayList<>(places);
    for (int i = 0; i < all.size() && !ports.isEmpty(); i++) {
      Place place = all.get(i);
      if (place.leadsOutside()) {
        NetworkDriver driver = host.driver(place.network());
        if (driver.publishes()) {
          List<PortForward> forwards = NetFiles.forwards(ports, place.member());
          all.set(i, new Place(place.network(), place.member().with(forwards)));
          // Its own are known to be free; what is there was left by others.
          driver.publish(forwards);
        }
        return all;
      }
    }
    return all;
  }

  private void write(NetFiles net, Place place, NetworkAttachment wanted) {
    String id = place.network().id();
    files.write(id, place.member());
    if (!place.network().isDefault()) {
      files.publishNames(id, place.member());
      net.lookUpIn(place.network().name(), files.directory(id));
      net.links(wanted.links());
    }
  }

  private void undoAtEnd(NetFiles net, List<Place> places) {
    List<Path> paths = new ArrayList<>();
    byte[] rules = new byte[0];
    for (Place place : places) {
      paths.addAll(files.filesOf(place.network().id(), place.member()));
      if (!place.member().forwards().isEmpty()) {
        rules = host.driver(place.network()).unpublishMessages(place.member().forwards());
      }
    }
    net.undo(paths, rules);
  }

  // ---- What it finds in /etc --------------------------------------------------------------------

  private Reach reach(
      List<Place> places, List<NetworkAttachment> wanted, NetFiles net, NetworkNamespace inside) {
    List<HostEntry> linked = new ArrayList<>();
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
  private List<HostEntry> linked(NetworkConfig network, Map<String, String> links) {
    List<HostEntry> entries = new ArrayList<>();
    for (Map.Entry<String, String> link : links.entrySet()) {
      Member target =
          files.members(network).stream()
              .filter(
                  m ->
                      m.containerName().equals(link.getValue())
                          || m.containerId().startsWith(link.getValue()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ConflictException(
                          "Cannot link to "
                              + link.getValue()
                              + ": it is not running in network "
                              + network.name()
                              + ". Start it first"));
      Set<String> names = new LinkedHashSet<>(List.of(link.getKey(), target.containerName()));
      entries.add(new HostEntry(target.addresses().get(0), List.copyOf(names)));
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

  // ---- While it runs ----------------------------------------------------------------------------

  /** A container's places in networks. */
  public List<Endpoint> endpoints(String containerId) {
    return places(containerId).stream().map(p -> p.member().describe(p.network())).toList();
  }

  private List<Place> places(String containerId) {
    List<Place> places = new ArrayList<>();
    for (String network : files.networksOf(containerId)) {
      Optional<Member> member = files.member(network, containerId);
      files.read(network).ifPresent(n -> member.ifPresent(m -> places.add(new Place(n, m))));
    }
    places.sort(
        (a, b) ->
            a.member().endpoint().interfaceName().compareTo(b.member().endpoint().interfaceName()));
    return places;
  }

  /** The ports of the host that lead to a container. */
  public List<PublishedPort> ports(Path containerDirectory) {
    return new NetFiles(containerDirectory).ports();
  }

  /**
   * Connects a container that runs to one more network.
   *
   * @param namespace the file of its namespace
   * @return what it is to find in /etc from now on
   */
  public Reach join(Joining joining, NetworkAttachment wanted, Path namespace) {
    NetFiles net = new NetFiles(joining.directory());
    try (NetworkHost.Held held = host.hold(List.of(wanted.network()));
        NetworkNamespace inside = NetworkNamespace.open(namespace)) {
      NetworkConfig network = held.networks().get(0);
      List<Place> places = new ArrayList<>(places(joining.id()));
      checkNotIn(places, network, joining);
      Place place = place(joining, network, wanted, places);
      boolean done = false;
      try {
        attach(place, inside);
        places.add(place);
        places = move(places, net.ports());
        undoAtEnd(net, places);
        write(net, places.get(places.size() - 1), wanted);
        net.upstream(places.stream().anyMatch(Place::leadsOutside), joining.dns());
        net.ports(net.ports(), target(places));
        done = true;
      } finally {
        if (!done) {
          host.driver(network).detach(network.plan(), place.member().endpoint(), inside);
          host.release(network, place.member());
        }
      }
      return reach(places, attachments(places, joining, wanted), net, inside);
    }
  }

  private static void checkNotIn(List<Place> places, NetworkConfig network, Joining joining) {
    if (places.stream().anyMatch(p -> p.network().id().equals(network.id()))) {
      throw new ConflictException(
          "Container " + joining.name() + " is in network " + network.name() + " already");
    }
  }

  private static Optional<Member> target(List<Place> places) {
    return places.stream().filter(Place::leadsOutside).map(Place::member).findFirst();
  }

  /** Has ports lead to the first place that leads outside, when that is another than before. */
  private List<Place> move(List<Place> places, List<PublishedPort> ports) {
    boolean led = places.stream().anyMatch(p -> !p.member().forwards().isEmpty());
    if (led || ports.isEmpty()) {
      return places;
    }
    List<Place> now = publish(places, ports);
    for (int i = 0; i < now.size(); i++) {
      if (!now.get(i).equals(places.get(i))) {
        files.write(now.get(i).network().id(), now.get(i).member());
      }
    }
    return now;
  }

  /** What each of its places was asked to be, as far as that matters for /etc. */
  private static List<NetworkAttachment> attachments(
      List<Place> places, Joining joining, NetworkAttachment added) {
    List<NetworkAttachment> all = new ArrayList<>(joining.networking().attachments());
    all.add(added);
    return places.stream()
        .map(
            p ->
                all.stream()
                    .filter(a -> p.network().name().equals(a.network()))
                    .findFirst()
                    .orElseGet(() -> NetworkAttachment.to(p.network().name())))
        .toList();
  }

  /**
   * Takes a container that runs out of a network.
   *
   * @return what it is to find in /etc from now on
   * @throws NotFoundException when it is not in it
   */
  public Reach leave(Joining joining, String networkName, Path namespace) {
    NetFiles net = new NetFiles(joining.directory());
    try (NetworkHost.Held held = host.hold(List.of(networkName));
        NetworkNamespace inside = NetworkNamespace.open(namespace)) {
      NetworkConfig network = held.networks().get(0);
      List<Place> places = new ArrayList<>(places(joining.id()));
      Place place =
          places.stream()
              .filter(p -> p.network().id().equals(network.id()))
              .findFirst()
              .orElseThrow(() -> notIn(joining.name(), network.name()));
      places.remove(place);
      net.lookUpNoMoreIn(network.name());
      host.driver(network).detach(network.plan(), place.member().endpoint(), inside);
      host.release(network, place.member());
      if (place.member().routed()) {
        places = route(places, inside);
      }
      places = move(places, net.ports());
      undoAtEnd(net, places);
      net.upstream(places.stream().anyMatch(Place::leadsOutside), joining.dns());
      net.ports(net.ports(), target(places));
      return reach(
          places, attachments(places, joining, NetworkAttachment.to(network.name())), net, inside);
    }
  }

  static NotFoundException notIn(String container, String network) {
    return new NotFoundException(
        "Container " + container + " is not connected to network " + network);
  }

  /** Gives a container whose default route has gone one through another network. */
  private List<Place> route(List<Place> places, NetworkNamespace inside) {
    List<Place> now = new ArrayList<>(places);
    for (int i = 0; i < now.size(); i++) {
      Place place = now.get(i);
      if (place.leadsOutside()) {
        List<InetAddress> gateways = gateways(place.network().plan());
        EndpointPlan endpoint = place.member().endpoint();
        inside
            .route()
            .link(endpoint.interfaceName())
            .ifPresent(l -> inside.route().configure(l.index(), endpoint.addresses(), gateways));
        Member routed = place.member().routed(true, gateways);
        files.write(place.network().id(), routed);
        now.set(i, new Place(place.network(), routed));
        return now;
      }
    }
    return now;
  }

  /** Whether all these networks are there; and their names. */
  public void check(List<NetworkAttachment> wanted) {
    for (NetworkAttachment attachment : wanted) {
      NetworkConfig network = host.require(attachment.network());
      if (NetworkDrivers.isFixed(network.spec().driver())) {
        throw new InvalidInputException(
            "A container cannot be connected to "
                + network.name()
                + " beside others: give it as its network mode");
      }
      checkVersionsKnown(network, attachment);
    }
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

  /** Takes back what a container has whose monitor was killed. */
  public void cleanUp(String containerId) {
    forget(containerId);
  }

  @Override
  public void close() {
    namespaces.close();
  }
}
