package io.berth.network;

import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkDriverProvider;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.RouteSocket;
import java.util.List;

/** A driver as others may write one: its containers have an interface that leads nowhere. */
final class DummyDriver implements NetworkDriver {

  /** Found by the service loader. */
  public static final class Provider implements NetworkDriverProvider {
    @Override
    public String name() {
      return "dummy";
    }

    @Override
    public NetworkDriver open(String engine) {
      return new DummyDriver();
    }
  }

  @Override
  public String name() {
    return "dummy";
  }

  @Override
  public boolean hasAddresses() {
    return false;
  }

  @Override
  public boolean publishes() {
    return false;
  }

  @Override
  public String interfacePrefix(NetworkPlan network) {
    return "dummy";
  }

  @Override
  public void check(NetworkPlan network) {}

  @Override
  public boolean isUp(NetworkPlan network) {
    return true;
  }

  @Override
  public List<String> up(NetworkPlan network) {
    return List.of();
  }

  @Override
  public void down(NetworkPlan network) {}

  @Override
  public void attach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    RouteSocket inside = namespace.route();
    inside.createBridge(endpoint.interfaceName(), network.name(), endpoint.mac(), 1500);
  }

  @Override
  public void detach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    namespace.route().deleteLink(endpoint.interfaceName());
  }
}
