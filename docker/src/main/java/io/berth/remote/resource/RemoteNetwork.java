package io.berth.remote.resource;

import io.berth.api.ConnectRequest;
import io.berth.api.Endpoint;
import io.berth.api.Network;
import io.berth.api.NetworkSpec;
import io.berth.api.SubnetSpec;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.RemoteException;
import io.berth.server.wire.ConnectBody;
import io.berth.server.wire.NetworkSummary;
import io.berth.server.wire.NetworkSummary.Ipam;
import io.berth.server.wire.NetworkSummary.IpamConfig;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A network of a remote engine. */
final class RemoteNetwork implements Network {
  private static final int FORBIDDEN = 403;

  private final Api api;
  private final NetworkSummary made;

  RemoteNetwork(Api api, NetworkSummary made) {
    this.api = api;
    this.made = made;
  }

  private String path(String what) {
    return "/networks/" + made.id() + what;
  }

  @Override
  public String id() {
    return made.id();
  }

  @Override
  public String name() {
    return made.name();
  }

  @Override
  public NetworkSpec spec() {
    List<IpamConfig> subnets = Optional.ofNullable(made.ipam()).map(Ipam::config).orElse(List.of());
    return new NetworkSpec(
        made.driver(),
        made.internal(),
        made.enableIpv6(),
        subnets == null ? List.of() : subnets.stream().map(RemoteNetwork::subnet).toList(),
        made.options() == null ? Map.of() : made.options(),
        made.labels() == null ? Map.of() : made.labels());
  }

  private static SubnetSpec subnet(IpamConfig config) {
    return new SubnetSpec(
        config.subnet(),
        Optional.ofNullable(config.gateway()).filter(g -> !g.isEmpty()),
        Optional.ofNullable(config.ipRange()).filter(r -> !r.isEmpty()),
        config.auxiliaryAddresses() == null ? Map.of() : config.auxiliaryAddresses());
  }

  @Override
  public Instant created() {
    return OffsetDateTime.parse(made.created()).toInstant();
  }

  /** The API tells little of each: neither its interface nor all its names. */
  @Override
  public List<Endpoint> endpoints() {
    NetworkSummary now = api.get(path("")).read(NetworkSummary.class);
    Optional<IpamConfig> first =
        Optional.ofNullable(now.ipam()).map(Ipam::config).stream()
            .flatMap(List::stream)
            .findFirst();
    List<Endpoint> all = new ArrayList<>();
    if (now.containers() != null) {
      now.containers()
          .forEach(
              (container, m) ->
                  all.add(
                      new Endpoint(
                          m.endpointId(),
                          made.id(),
                          made.name(),
                          container,
                          m.name(),
                          "",
                          m.macAddress(),
                          text(m.ipv4Address()),
                          text(m.ipv6Address()),
                          made.internal()
                              ? Optional.empty()
                              : first.flatMap(f -> text(f.gateway())),
                          Optional.empty(),
                          List.of(m.name()))));
    }
    return all;
  }

  private static Optional<String> text(String text) {
    return Optional.ofNullable(text).filter(t -> !t.isEmpty());
  }

  @Override
  public ConnectRequest connect(String container) {
    return new RemoteConnectRequest(this, container);
  }

  void connect(ConnectBody body) {
    changing(() -> api.post(path("/connect")).body(body).done());
  }

  @Override
  public void disconnect(String container) {
    changing(
        () -> api.post(path("/disconnect")).body(new ConnectBody(container, null, false)).done());
  }

  @Override
  public void remove() {
    changing(() -> api.delete(path("")).done());
  }

  /** Engines say 403 and 500 where they mean a conflict. */
  private static void changing(Runnable change) {
    try {
      change.run();
    } catch (RemoteException e) {
      throw translated(e);
    }
  }

  private static BerthException translated(RemoteException e) {
    String message = e.getMessage();
    if (message.contains("is not connected to")) {
      return new NotFoundException(message, e);
    }
    boolean conflict =
        e.status() == FORBIDDEN
            || message.contains("already exists in network")
            || message.contains("Address already in use")
            || message.contains("active endpoints");
    return conflict ? new ConflictException(message, e) : e;
  }
}
