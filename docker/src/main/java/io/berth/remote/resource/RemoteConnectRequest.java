package io.berth.remote.resource;

import io.berth.api.ConnectRequest;
import io.berth.server.wire.ConnectBody;
import io.berth.server.wire.EndpointAddresses;
import io.berth.server.wire.EndpointSettings;
import java.util.ArrayList;
import java.util.List;

/** Collects how a container is to be connected. */
final class RemoteConnectRequest implements ConnectRequest {
  private final RemoteNetwork network;
  private final String container;
  private final List<String> aliases = new ArrayList<>();
  private final List<String> links = new ArrayList<>();
  private String ip = "";
  private String ip6 = "";
  private String mac = "";

  RemoteConnectRequest(RemoteNetwork network, String container) {
    this.network = network;
    this.container = container;
  }

  @Override
  public ConnectRequest alias(String name) {
    aliases.add(name);
    return this;
  }

  @Override
  public ConnectRequest link(String container, String alias) {
    links.add(container + ":" + alias);
    return this;
  }

  @Override
  public ConnectRequest ip(String address) {
    ip = address;
    return this;
  }

  @Override
  public ConnectRequest ip6(String address) {
    ip6 = address;
    return this;
  }

  @Override
  public ConnectRequest mac(String address) {
    mac = address;
    return this;
  }

  @Override
  public void execute() {
    boolean fixed = !ip.isEmpty() || !ip6.isEmpty();
    EndpointSettings settings =
        new EndpointSettings(
            fixed ? new EndpointAddresses(ip, ip6, null) : null,
            links.isEmpty() ? null : links,
            aliases.isEmpty() ? null : aliases,
            mac,
            null,
            0,
            "",
            "",
            "",
            "",
            0,
            "",
            "",
            0,
            null);
    network.connect(new ConnectBody(container, settings, false));
  }
}
