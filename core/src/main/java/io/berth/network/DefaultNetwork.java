package io.berth.network;

import io.berth.api.ConnectRequest;
import io.berth.api.Endpoint;
import io.berth.api.Network;
import io.berth.api.NetworkSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One network. */
final class DefaultNetwork implements Network {
  private final NetworkConfig config;
  private final DefaultNetworks networks;

  DefaultNetwork(NetworkConfig config, DefaultNetworks networks) {
    this.config = config;
    this.networks = networks;
  }

  @Override
  public String id() {
    return config.id();
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public NetworkSpec spec() {
    // The subnets may have been chosen since.
    return networks.host().files().read(config.id()).orElse(config).spec();
  }

  @Override
  public Instant created() {
    return config.created();
  }

  @Override
  public List<Endpoint> endpoints() {
    return networks.host().files().members(config).stream().map(m -> m.describe(config)).toList();
  }

  @Override
  public ConnectRequest connect(String container) {
    return new DefaultConnectRequest(
        config.name(),
        attachment -> {
          networks.containers().connect(container, attachment);
          networks.event(config, "connect", Map.of("container", container));
        });
  }

  @Override
  public void disconnect(String container) {
    networks.containers().disconnect(container, config.name());
    networks.event(config, "disconnect", Map.of("container", container));
  }

  @Override
  public void remove() {
    networks.remove(config);
  }
}
