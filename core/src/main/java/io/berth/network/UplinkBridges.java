package io.berth.network;

import io.berth.net.Cidr;
import io.berth.net.bridge.BridgeDriver;
import io.berth.net.bridge.BridgeOptions;
import io.berth.net.driver.Bridges;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.linux.NetworkNamespace;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bridges of an ordinary user: in a namespace that is there when a network needs it. */
final class UplinkBridges implements Bridges {
  private final Uplink uplink;

  UplinkBridges(Uplink uplink) {
    this.uplink = uplink;
  }

  @Override
  public String name() {
    return BridgeDriver.NAME;
  }

  @Override
  public boolean hasAddresses() {
    return true;
  }

  /** Ports of the host are not the namespace's: monitors' helpers lead them there. */
  @Override
  public boolean publishes() {
    return false;
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

  private BridgeDriver driver() {
    return uplink.present().orElseThrow();
  }

  @Override
  public boolean isUp(NetworkPlan network) {
    return uplink.isUp() && driver().isUp(network);
  }

  @Override
  public List<String> up(NetworkPlan network) {
    List<String> warnings = new ArrayList<>(uplink.up());
    warnings.addAll(driver().up(network));
    return warnings;
  }

  @Override
  public void down(NetworkPlan network) {
    uplink.present().ifPresent(d -> d.down(network));
  }

  @Override
  public void attach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    driver().attach(network, endpoint, namespace);
  }

  @Override
  public void detach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace) {
    uplink.present().ifPresent(d -> d.detach(network, endpoint, namespace));
  }

  @Override
  public List<Cidr> usedSubnets() {
    List<Cidr> used = new ArrayList<>(Uplink.usedByHost());
    uplink.present().ifPresent(d -> used.addAll(d.usedSubnets()));
    return used;
  }

  @Override
  public void removeStale(List<NetworkPlan> known) {
    uplink.present().ifPresent(d -> d.removeStale(known));
  }

  /** What they leave goes with their namespace. */
  @Override
  public void removeAbandoned() {}

  @Override
  public void close() {
    uplink.close();
  }
}
