package io.berth.server.resource;

import io.berth.api.ConnectRequest;
import io.berth.api.Container;
import io.berth.api.Endpoint;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkRequest;
import io.berth.api.Networks;
import io.berth.api.SubnetSpec;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.server.api.ApiVersion;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ConnectBody;
import io.berth.server.wire.NetworkBody;
import io.berth.server.wire.NetworkCreated;
import io.berth.server.wire.NetworkPruneReport;
import io.berth.server.wire.NetworkSummary;
import io.berth.server.wire.NetworkSummary.ConfigReference;
import io.berth.server.wire.NetworkSummary.Ipam;
import io.berth.server.wire.NetworkSummary.IpamConfig;
import io.berth.server.wire.NetworkSummary.Member;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Networks. */
final class NetworkResource {
  private static final Set<String> FILTERS =
      Set.of("dangling", "driver", "id", "label", "name", "scope", "type");
  private static final Set<String> BUILT_IN = Set.of("bridge", "host", "none");

  private final Networks networks;
  private final Engine engine;
  private final ContainerLookup lookup;
  private final Clock clock;

  NetworkResource(Engine engine, Clock clock) {
    this.engine = engine;
    this.networks = engine.networks();
    this.lookup = new ContainerLookup(engine.containers());
    this.clock = clock;
  }

  void routes(Router router) {
    router
        .get("/networks", this::list)
        .get("/networks/", this::list)
        .get("/networks/{id}", call -> call.json(view(get(call), call.version(), true)))
        .post("/networks/create", this::create)
        .post("/networks/prune", this::prune)
        .post("/networks/{id}/connect", this::connect)
        .post("/networks/{id}/disconnect", this::disconnect)
        .delete("/networks/{id}", this::remove);
  }

  private Network get(Call call) {
    String id = call.parameter("id");
    String scope = call.query().optional("scope").orElse("local");
    return networks
        .find(id)
        .filter(n -> scope.equals("local"))
        .orElseThrow(() -> HttpError.notFound("network " + id + " not found"));
  }

  // ---- List -------------------------------------------------------------------------------------

  private void list(Call call) throws Exception {
    Filters filters = Filters.of(call, FILTERS);
    filters.get("type").stream()
        .filter(t -> !t.equals("custom") && !t.equals("builtin"))
        .findFirst()
        .ifPresent(
            t -> {
              throw HttpError.badRequest("invalid filter: 'type'='" + t + "'");
            });
    List<NetworkSummary> found = new ArrayList<>();
    for (Network network : networks.list()) {
      boolean builtIn = BUILT_IN.contains(network.name());
      if (filters.exact("driver", network.spec().driver())
          && filters.prefix("id", network.id())
          && (!filters.has("name")
              || filters.get("name").stream().anyMatch(network.name()::contains))
          && filters.exact("scope", "local")
          && filters.exact("type", builtIn ? "builtin" : "custom")
          && filters.labels(network.spec().labels())
          && (!filters.has("dangling") || filters.flag("dangling", false) == isIdle(network))) {
        found.add(view(network, call.version(), call.version().below(28)));
      }
    }
    call.json(found);
  }

  private static boolean isIdle(Network network) {
    return !BUILT_IN.contains(network.name()) && network.endpoints().isEmpty();
  }

  static NetworkSummary view(Network network, ApiVersion version, boolean members) {
    return new NetworkSummary(
        network.name(),
        network.id(),
        network.created().toString(),
        "local",
        network.spec().driver(),
        version.atLeast(48) ? Boolean.TRUE : null,
        network.spec().ipv6(),
        new Ipam(
            "default", null, network.spec().subnets().stream().map(NetworkResource::view).toList()),
        network.spec().internal(),
        false,
        false,
        new ConfigReference(""),
        false,
        members ? members(network) : Map.of(),
        options(network),
        new TreeMap<>(network.spec().labels()));
  }

  /** The default bridge has the options that clients look for. */
  private static Map<String, String> options(Network network) {
    Map<String, String> options = new TreeMap<>();
    if (network.name().equals("bridge")) {
      options.put("com.docker.network.bridge.default_bridge", "true");
      options.put("com.docker.network.bridge.enable_icc", "true");
      options.put("com.docker.network.bridge.enable_ip_masquerade", "true");
      options.put("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0");
      options.put("com.docker.network.driver.mtu", "1500");
    }
    options.putAll(network.spec().options());
    return options;
  }

  private static IpamConfig view(SubnetSpec subnet) {
    return new IpamConfig(
        subnet.subnet(), subnet.range().orElse(""), subnet.gateway().orElse(""), subnet.reserved());
  }

  private static Map<String, Member> members(Network network) {
    Map<String, Member> members = new TreeMap<>();
    for (Endpoint e : network.endpoints()) {
      members.put(
          e.containerId(),
          new Member(e.containerName(), e.id(), e.mac(), e.ip().orElse(""), e.ip6().orElse("")));
    }
    return members;
  }

  // ---- Change -----------------------------------------------------------------------------------

  private void create(Call call) throws Exception {
    NetworkBody body = call.body(NetworkBody.class);
    String name = Lists.of(body.name());
    if (name.isBlank()) {
      throw HttpError.badRequest("invalid name: \"\": a network has to have one");
    }
    if (body.ingress() || body.attachable() && "overlay".equals(body.driver())) {
      throw new HttpError(503, SwarmResource.NO_MANAGER);
    }
    if (body.configOnly()) {
      throw HttpError.notImplemented("config-only networks are not supported by Berth");
    }
    if (BUILT_IN.contains(name)) {
      throw new HttpError(403, "operation is not permitted on predefined " + name + " network");
    }
    if ("swarm".equals(body.scope())) {
      throw new HttpError(403, "cannot create a swarm scoped network when swarm is not active");
    }
    if (networks.find(name).filter(n -> n.name().equals(name)).isPresent()) {
      throw HttpError.conflict("network with name " + name + " already exists");
    }
    NetworkRequest request = networks.create(name).internal(body.internal());
    if (!Lists.of(body.driver()).isEmpty() && !body.driver().equals("default")) {
      request.driver(body.driver());
    }
    request.ipv6(body.enableIpv6());
    request.options(Lists.of(body.options()));
    Lists.of(body.labels()).forEach(request::label);
    if (body.ipam() != null) {
      checkIpam(Lists.of(body.ipam().driver()));
      Lists.of(body.ipam().config()).stream()
          .filter(c -> !Lists.of(c.subnet()).isEmpty())
          .map(NetworkResource::subnet)
          .forEach(request::subnet);
    }
    call.json(201, new NetworkCreated(made(request, Lists.of(body.driver())).id(), ""));
  }

  private static void checkIpam(String driver) {
    if (!driver.isEmpty() && !driver.equals("default")) {
      throw HttpError.notFound("plugin \"" + driver + "\" not found");
    }
  }

  /** Makes it; what fails has the statuses of dockerd. */
  private static Network made(NetworkRequest request, String driver) {
    try {
      return request.execute();
    } catch (ConflictException e) {
      throw new HttpError(
          403, "Pool overlaps with other one on this address space: " + e.getMessage(), e);
    } catch (InvalidInputException e) {
      if (e.getMessage().startsWith("No such network driver")) {
        throw new HttpError(404, "plugin \"" + driver + "\" not found: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private static SubnetSpec subnet(IpamConfig config) {
    return new SubnetSpec(
        config.subnet(),
        Optional.ofNullable(config.gateway()).filter(g -> !g.isEmpty()),
        Optional.ofNullable(config.ipRange()).filter(r -> !r.isEmpty()),
        Lists.of(config.auxiliaryAddresses()));
  }

  private void connect(Call call) throws Exception {
    Network network = get(call);
    ConnectBody body = call.body(ConnectBody.class);
    Container container = lookup.get(Lists.of(body.container()));
    checkConnectable(container, network);
    ConnectRequest request = network.connect(container.id());
    if (body.endpointConfig() != null) {
      NetworkAttachment wish =
          NetworkDraft.attachment(NetworkAttachment.to(network.name()), body.endpointConfig());
      wish.aliases().forEach(request::alias);
      wish.links().forEach((alias, other) -> request.link(other, alias));
      wish.ip().ifPresent(request::ip);
      wish.ip6().ifPresent(request::ip6);
      wish.mac().ifPresent(request::mac);
    }
    request.execute();
    call.exchange().send(200);
  }

  private static void checkConnectable(Container container, Network network) {
    NetworkMode mode = container.spec().sandbox().network();
    if (mode.network().isEmpty()) {
      throw HttpError.badRequest(
          "container "
              + container.name()
              + " has the network "
              + mode
              + ": container cannot be connected to multiple networks with one of the networks in"
              + " private (none), host or container mode");
    }
    if (container.networks().stream().anyMatch(e -> e.networkId().equals(network.id()))) {
      throw new HttpError(
          403,
          "endpoint with name "
              + container.name()
              + " already exists in network "
              + network.name());
    }
  }

  private void disconnect(Call call) throws Exception {
    Network network = get(call);
    ConnectBody body = call.body(ConnectBody.class);
    Container container = lookup.get(Lists.of(body.container()));
    network.disconnect(container.id());
    call.exchange().send(200);
  }

  private void remove(Call call) throws Exception {
    Network network = get(call);
    if (BUILT_IN.contains(network.name())) {
      throw new HttpError(403, network.name() + " is a pre-defined network and cannot be removed");
    }
    if (!network.endpoints().isEmpty()) {
      throw new HttpError(
          call.version().below(45) ? 403 : 409,
          "error while removing network: network " + network.name() + " has active endpoints");
    }
    network.remove();
    call.noContent();
  }

  private void prune(Call call) throws Exception {
    Filters filters = Filters.of(call, Set.of("label", "label!", "until"));
    Optional<Instant> until =
        filters.get("until").stream().findFirst().map(t -> Times.parse(t, clock.instant()));
    Set<String> wished = wished();
    List<String> gone = new ArrayList<>();
    for (Network network : networks.list()) {
      if (isIdle(network)
          && !wished.contains(network.name())
          && !wished.contains(network.id())
          && until.map(network.created()::isBefore).orElse(true)
          && filters.labels(network.spec().labels())) {
        try {
          network.remove();
          gone.add(network.name());
        } catch (BerthException e) {
          // A container came meanwhile.
        }
      }
    }
    call.json(new NetworkPruneReport(Lists.orNull(gone)));
  }

  /** The networks that containers have which do not run now. */
  private Set<String> wished() {
    Set<String> wished = new java.util.HashSet<>();
    engine
        .containers()
        .list()
        .forEach(c -> c.spec().networking().attachments().forEach(a -> wished.add(a.network())));
    return wished;
  }
}
