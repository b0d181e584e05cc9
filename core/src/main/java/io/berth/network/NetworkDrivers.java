package io.berth.network;

import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.bridge.BridgeDriver;
import io.berth.net.driver.Bridges;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkDriverProvider;
import io.berth.net.driver.NetworkPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The drivers of an engine: that of bridges, and those that others provide; made when needed. */
final class NetworkDrivers implements AutoCloseable {
  /** What the networks host and none say; containers have those by their mode. */
  static final String HOST = "host";

  static final String NONE = "null";

  private final String engine;
  private final Map<String, NetworkDriver> open = new TreeMap<>();
  private final Path home;
  private final Ground ground;
  private Optional<Bridges> bridge = Optional.empty();

  NetworkDrivers(String engine, Path home, Ground ground) {
    this.engine = engine;
    this.home = home;
    this.ground = ground;
  }

  static boolean isFixed(String driver) {
    return driver.equals(HOST) || driver.equals(NONE);
  }

  private synchronized Bridges bridge() {
    if (bridge.isEmpty()) {
      bridge = Optional.of(ground.bridges(engine, home));
    }
    return bridge.get();
  }

  /**
   * @throws InvalidInputException when there is no such driver
   */
  synchronized NetworkDriver get(String name) {
    if (name.equals(BridgeDriver.NAME)) {
      return bridge();
    }
    return open.computeIfAbsent(name, this::provide);
  }

  private NetworkDriver provide(String name) {
    List<String> known = new ArrayList<>(List.of(BridgeDriver.NAME));
    for (NetworkDriverProvider provider : ServiceLoader.load(NetworkDriverProvider.class)) {
      if (provider.name().equals(name)) {
        return provider.open(engine);
      }
      known.add(provider.name());
    }
    throw new InvalidInputException(
        "No such network driver: "
            + name
            + ". There are "
            + String.join(", ", known)
            + "; others come with a "
            + NetworkDriverProvider.class.getSimpleName()
            + " on the class path");
  }

  List<Cidr> usedByHost() {
    return bridge().usedSubnets();
  }

  void removeStale(List<NetworkPlan> known) {
    bridge().removeStale(known);
  }

  void removeAbandoned() {
    bridge().removeAbandoned();
  }

  @Override
  public synchronized void close() {
    bridge.ifPresent(Bridges::close);
    bridge = Optional.empty();
  }
}
