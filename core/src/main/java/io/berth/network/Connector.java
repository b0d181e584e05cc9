package io.berth.network;

import io.berth.api.Endpoint;
import io.berth.api.NetworkAttachment;
import io.berth.api.PublishSpec;
import io.berth.api.PublishedPort;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.FileLock;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.PortForward;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.namespace.NamespacePool;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Connects containers to networks and takes them out again. All of it is on disk before the
 * container runs; when it has ended, its monitor takes it back, and for a monitor that was killed,
 * whoever sweeps next.
 */
public final class Connector implements AutoCloseable {
  private final NetworkHost host;
  private final NetworkFiles files;
  private final PlacePlanner planner;
  private final Surroundings surroundings;
  private final Ground ground;
  private final NamespacePool namespaces;

  Connector(NetworkHost host, Ground ground) {
    this.host = host;
    this.ground = ground;
    this.namespaces = new NamespacePool(ground::create);
    this.files = host.files();
    this.planner = new PlacePlanner(host);
    this.surroundings = new Surroundings(files);
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
        places.add(planner.plan(joining, held.networks().get(i), wanted.get(i), places));
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
      Reach reach = surroundings.of(places, wanted, net, namespace.get());
      done = true;
      List<Place> all = places;
      return new Connection(
          Optional.of(held),
          namespace,
          ground.passed(namespace.get()),
          ports,
          reach,
          held.warnings(),
          () -> release(all));
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
        NetworkNamespace inside = ground.open(namespace)) {
      NetworkConfig network = held.networks().get(0);
      List<Place> places = new ArrayList<>(places(joining.id()));
      checkNotIn(places, network, joining);
      Place place = planner.plan(joining, network, wanted, places);
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
      return surroundings.of(places, attachments(places, joining, wanted), net, inside);
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
        NetworkNamespace inside = ground.open(namespace)) {
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
      return surroundings.of(
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
        List<InetAddress> gateways = PlacePlanner.gateways(place.network().plan());
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

  /** Says when a container could not be in networks as it is wished. */
  public void check(List<NetworkAttachment> wanted) {
    wanted.forEach(planner::check);
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
