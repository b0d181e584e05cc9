package io.berth.remote.resource;

import io.berth.api.Network;
import io.berth.api.NetworkRequest;
import io.berth.api.SubnetSpec;
import io.berth.net.Cidr;
import io.berth.server.wire.NetworkCreated;
import io.berth.server.wire.NetworkSummary.Ipam;
import io.berth.server.wire.NetworkSummary.IpamConfig;
import io.berth.server.wire.WireJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a network is to be. */
final class RemoteNetworkRequest implements NetworkRequest {
  private final NetworksClient networks;
  private final String name;
  private final List<SubnetSpec> subnets = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private String driver = "bridge";
  private boolean internal;
  private boolean ipv6;

  RemoteNetworkRequest(NetworksClient networks, String name) {
    this.networks = networks;
    this.name = name;
  }

  @Override
  public NetworkRequest driver(String name) {
    driver = name;
    return this;
  }

  @Override
  public NetworkRequest internal(boolean internal) {
    this.internal = internal;
    return this;
  }

  @Override
  public NetworkRequest ipv6(boolean on) {
    ipv6 = on;
    return this;
  }

  @Override
  public NetworkRequest subnet(SubnetSpec subnet) {
    // Engines of old call a broken one their own failure.
    Cidr.parse(subnet.subnet());
    subnets.add(subnet);
    return this;
  }

  @Override
  public NetworkRequest option(String name, String value) {
    options.put(name, value);
    return this;
  }

  @Override
  public NetworkRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public Network execute() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("Name", name);
    // Else engines of old take a name that is taken.
    body.put("CheckDuplicate", true);
    body.put("Driver", driver);
    body.put("Internal", internal);
    body.put("EnableIPv6", ipv6);
    body.put("Options", options);
    body.put("Labels", labels);
    if (!subnets.isEmpty()) {
      List<IpamConfig> configs = subnets.stream().map(RemoteNetworkRequest::config).toList();
      body.put("IPAM", WireJson.tree(new Ipam("default", null, configs)));
    }
    NetworkCreated made =
        networks.api().post("/networks/create").body(body).read(NetworkCreated.class);
    return networks.get(made.id());
  }

  private static IpamConfig config(SubnetSpec subnet) {
    return new IpamConfig(
        subnet.subnet(), subnet.range().orElse(""), subnet.gateway().orElse(""), subnet.reserved());
  }
}
