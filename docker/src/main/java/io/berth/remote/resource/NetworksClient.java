package io.berth.remote.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Network;
import io.berth.api.NetworkRequest;
import io.berth.api.Networks;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.server.wire.NetworkPruneReport;
import io.berth.server.wire.NetworkSummary;
import io.berth.server.wire.WireJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The networks of a remote engine. */
public final class NetworksClient implements Networks {
  private final Api api;

  public NetworksClient(Api api) {
    this.api = api;
  }

  @Override
  public NetworkRequest create(String name) {
    return new RemoteNetworkRequest(this, name);
  }

  Api api() {
    return api;
  }

  @Override
  public List<Network> list() {
    List<Network> all = new ArrayList<>();
    for (JsonNode each : api.get("/networks").tree()) {
      all.add(new RemoteNetwork(api, WireJson.read(each, NetworkSummary.class)));
    }
    all.sort(Comparator.comparing(Network::name));
    return all;
  }

  @Override
  public Optional<Network> find(String name) {
    return name.isEmpty()
        ? Optional.empty()
        : api.get("/networks/" + Call.part(name))
            .find(NetworkSummary.class)
            .map(found -> new RemoteNetwork(api, found));
  }

  @Override
  public Network get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such network: " + name + " (list() or \"berth network ls\" shows them)"));
  }

  @Override
  public List<String> prune() {
    NetworkPruneReport report = api.post("/networks/prune").read(NetworkPruneReport.class);
    return report.networksDeleted() == null ? List.of() : List.copyOf(report.networksDeleted());
  }
}
