package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.Endpoint;
import io.berth.api.NetworkAttachment;
import io.berth.api.PublishedPort;
import io.berth.server.api.ApiVersion;
import io.berth.server.wire.EndpointAddresses;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.NetworkDetails;
import io.berth.server.wire.NetworkDetails.LegacyAddresses;
import io.berth.server.wire.PortBinding;
import io.berth.server.wire.PublishedPortSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The networks and ports of containers as dockerd shows them. */
final class NetworkView {
  private NetworkView() {}

  static NetworkDetails details(Container container, ApiVersion version) {
    boolean legacy = version.below(52);
    Map<String, EndpointSettings> endpoints = endpoints(container);
    long pid = container.pid().orElse(0);
    return new NetworkDetails(
        legacy ? "" : null,
        pid > 0 ? container.id() : "",
        pid > 0 ? "/proc/" + pid + "/ns/net" : "",
        bindings(container),
        legacy ? legacy(Optional.ofNullable(endpoints.get("bridge"))) : null,
        endpoints);
  }

  private static LegacyAddresses legacy(Optional<EndpointSettings> bridge) {
    return new LegacyAddresses(
        false,
        "",
        0,
        null,
        null,
        bridge.map(EndpointSettings::endpointId).orElse(""),
        bridge.map(EndpointSettings::gateway).orElse(""),
        bridge.map(EndpointSettings::globalIpv6Address).orElse(""),
        bridge.map(EndpointSettings::globalIpv6PrefixLen).orElse(0),
        bridge.map(EndpointSettings::ipAddress).orElse(""),
        bridge.map(EndpointSettings::ipPrefixLen).orElse(0),
        bridge.map(EndpointSettings::ipv6Gateway).orElse(""),
        bridge.map(EndpointSettings::macAddress).orElse(""));
  }

  /** The networks that a container has been given, with its places in those it is in. */
  static Map<String, EndpointSettings> endpoints(Container container) {
    Map<String, EndpointSettings> all = new TreeMap<>();
    String mode = container.spec().sandbox().network().toString();
    List<NetworkAttachment> wished = container.spec().networking().attachments();
    if (wished.isEmpty()) {
      return mode.startsWith("container:")
          ? Map.of()
          : Map.of(mode, endpoint(Optional.empty(), Optional.empty(), ""));
    }
    List<Endpoint> places = container.networks();
    for (NetworkAttachment wish : wished) {
      Optional<Endpoint> place =
          places.stream()
              .filter(
                  p ->
                      p.networkName().equals(wish.network())
                          || p.networkId().startsWith(wish.network()))
              .findFirst();
      all.put(
          place.map(Endpoint::networkName).orElse(wish.network()),
          endpoint(Optional.of(wish), place, container.id().substring(0, 12)));
    }
    return all;
  }

  private static EndpointSettings endpoint(
      Optional<NetworkAttachment> wish, Optional<Endpoint> place, String shortId) {
    Optional<EndpointAddresses> fixed =
        wish.filter(w -> w.ip().isPresent() || w.ip6().isPresent())
            .map(w -> new EndpointAddresses(w.ip().orElse(""), w.ip6().orElse(""), null));
    List<String> links =
        wish.map(w -> w.links().entrySet().stream().map(e -> e.getValue() + ":" + e.getKey()))
            .orElse(Stream.empty())
            .toList();
    boolean named = wish.isPresent() && !wish.get().network().equals("bridge");
    return new EndpointSettings(
        fixed.orElse(null),
        Lists.orNull(links),
        Lists.orNull(wish.map(NetworkAttachment::aliases).orElse(List.of())),
        place.map(Endpoint::mac).orElse(""),
        null,
        0,
        place.map(Endpoint::networkId).orElse(""),
        place.map(Endpoint::id).orElse(""),
        place.flatMap(Endpoint::gateway).orElse(""),
        place.flatMap(Endpoint::ip).map(NetworkView::address).orElse(""),
        place.flatMap(Endpoint::ip).map(NetworkView::prefix).orElse(0),
        place.flatMap(Endpoint::gateway6).orElse(""),
        place.flatMap(Endpoint::ip6).map(NetworkView::address).orElse(""),
        place.flatMap(Endpoint::ip6).map(NetworkView::prefix).orElse(0),
        named ? names(place, shortId) : null);
  }

  private static List<String> names(Optional<Endpoint> place, String shortId) {
    List<String> names = new ArrayList<>(place.map(Endpoint::names).orElse(List.of()));
    if (!names.contains(shortId)) {
      names.add(shortId);
    }
    return names;
  }

  private static String address(String withPrefix) {
    return withPrefix.substring(0, withPrefix.indexOf('/'));
  }

  private static int prefix(String withPrefix) {
    return Integer.parseInt(withPrefix.substring(withPrefix.indexOf('/') + 1));
  }

  private static Map<String, List<PortBinding>> bindings(Container container) {
    Map<String, List<PortBinding>> all = new TreeMap<>();
    if (!container.state().status().isActive()) {
      return all;
    }
    container.spec().exposedPorts().forEach(p -> all.put(p, null));
    for (PublishedPort port : container.ports()) {
      List<PortBinding> places = Optional.ofNullable(all.get(key(port))).orElseGet(ArrayList::new);
      places.add(new PortBinding(port.hostAddress(), String.valueOf(port.hostPort())));
      all.put(key(port), places);
    }
    return all;
  }

  private static String key(PublishedPort port) {
    return port.containerPort() + "/" + port.protocol();
  }

  static List<PublishedPortSummary> ports(Container container) {
    List<PublishedPort> published = container.ports();
    List<PublishedPortSummary> all = new ArrayList<>();
    published.forEach(
        p ->
            all.add(
                new PublishedPortSummary(
                    p.hostAddress(), p.containerPort(), p.hostPort(), p.protocol())));
    if (container.state().status().isActive()) {
      container.spec().exposedPorts().stream()
          .filter(e -> published.stream().noneMatch(p -> key(p).equals(e)))
          .map(e -> e.split("/"))
          .filter(e -> e[0].matches("\\d+"))
          .forEach(e -> all.add(new PublishedPortSummary(null, Integer.parseInt(e[0]), 0, e[1])));
    }
    return all;
  }
}
