package io.berth.network;

import io.berth.api.Network;
import io.berth.api.NetworkRequest;
import io.berth.api.NetworkSpec;
import io.berth.api.Networks;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.event.EventLog;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Networks on this host. Thread-safe; what other engines do is seen, as all is on disk. */
public final class DefaultNetworks implements Networks, AutoCloseable {
  private final Ground ground;
  private final NetworkHost host;
  private final Connector connector;
  private final EventLog events;
  private final Supplier<ContainerLookup> containers;

  /**
   * Opens the service, and takes away what a crash left.
   *
   * @param ground closed with this
   * @param containers asked for later, as the containers need the networks
   */
  public DefaultNetworks(
      Path dataDirectory,
      Ground ground,
      EventLog events,
      Clock clock,
      Supplier<ContainerLookup> containers) {
    this.ground = ground;
    this.host = new NetworkHost(new NetworkFiles(dataDirectory), ground, clock);
    this.connector = new Connector(host, ground);
    this.events = events;
    this.containers = containers;
    host.open();
  }

  /** What connects containers. */
  public Connector connector() {
    return connector;
  }

  /** What does not work on this host, as far as it was tried. */
  public List<String> warnings() {
    return host.warnings();
  }

  @Override
  public NetworkRequest create(String name) {
    return new DefaultNetworkRequest(name, this::create);
  }

  private Network create(String name, NetworkSpec spec) {
    NetworkConfig network = host.create(name, spec);
    event(network, "create", Map.of());
    return new DefaultNetwork(network, this);
  }

  @Override
  public List<Network> list() {
    return host.files().all().stream().map(n -> (Network) new DefaultNetwork(n, this)).toList();
  }

  @Override
  public Optional<Network> find(String name) {
    return host.find(name).map(n -> new DefaultNetwork(n, this));
  }

  @Override
  public Network get(String name) {
    return new DefaultNetwork(host.require(name), this);
  }

  @Override
  public List<String> prune() {
    List<String> removed = new ArrayList<>();
    for (NetworkConfig network : host.files().all()) {
      if (network.isDefault() || NetworkDrivers.isFixed(network.spec().driver())) {
        continue;
      }
      try {
        remove(network);
        removed.add(network.name());
      } catch (ConflictException | NotFoundException e) {
        // A container is in it, or another engine was faster.
      }
    }
    return removed;
  }

  void remove(NetworkConfig network) {
    host.remove(host.require(network.id()));
    event(network, "destroy", Map.of());
  }

  NetworkHost host() {
    return host;
  }

  ContainerLookup containers() {
    return containers.get();
  }

  /** Writes to the journal what happened to a network. */
  void event(NetworkConfig network, String action, Map<String, String> more) {
    Map<String, String> attributes = new TreeMap<>(more);
    attributes.put("name", network.name());
    attributes.put("type", network.spec().driver());
    events.append("network", action, network.id(), attributes);
  }

  /** Takes down the networks that no container needs any more. */
  @Override
  public void close() {
    connector.close();
    host.close();
    ground.close();
  }
}
