package io.berth.server.resource;

import io.berth.api.CreateRequest;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishSpec;
import io.berth.server.http.HttpError;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.EndpointAddresses;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.HostNetwork;
import io.berth.server.wire.PortBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says to an engine what networks a container has, what ports, and what names. */
final class NetworkDraft {
  private static final String DEFAULT = "bridge";

  private final CreateRequest request;
  private final HostNetwork network;
  private final Map<String, EndpointSettings> endpoints;
  private final Optional<String> mac;

  NetworkDraft(CreateRequest request, CreateBody body) {
    this.request = request;
    this.network = body.hostConfig().network();
    this.endpoints =
        body.networkingConfig() == null
            ? Map.of()
            : Lists.of(body.networkingConfig().endpointsConfig());
    this.mac = Optional.ofNullable(body.config().macAddress()).filter(m -> !m.isEmpty());
  }

  void fill() {
    networks();
    Lists.of(network.portBindings()).forEach(this::publish);
    request.publishAll(network.publishAllPorts());
    Lists.of(network.dns()).forEach(request::dns);
    Lists.of(network.dnsSearch()).forEach(request::dnsSearch);
    Lists.of(network.dnsOptions()).forEach(request::dnsOption);
    Lists.of(network.extraHosts()).forEach(this::extraHost);
  }

  private void networks() {
    String name = Lists.of(network.networkMode());
    NetworkMode mode = NetworkMode.of(name.isEmpty() || name.equals("default") ? DEFAULT : name);
    if (mode.network().isEmpty()) {
      request.network(mode);
      return;
    }
    // The one of the mode is the first; the others as the client has them.
    Map<String, EndpointSettings> all = new LinkedHashMap<>();
    String first = mode.network().get();
    all.put(first, endpoints.getOrDefault(first, endpoints.get("default")));
    new TreeMap<>(endpoints).forEach((n, e) -> all.putIfAbsent(n.equals("default") ? first : n, e));
    all.forEach((n, e) -> request.network(attachment(n, e, first)));
  }

  private NetworkAttachment attachment(String name, EndpointSettings settings, String first) {
    NetworkAttachment attachment = NetworkAttachment.to(name);
    if (settings != null) {
      attachment = attachment(attachment, settings);
    }
    if (!name.equals(first)) {
      return attachment;
    }
    for (String link : Lists.of(network.links())) {
      attachment = link(attachment, link);
    }
    return mac.isPresent() && attachment.mac().isEmpty() ? attachment.mac(mac.get()) : attachment;
  }

  /** What a client says of a container's place in a network. */
  static NetworkAttachment attachment(NetworkAttachment to, EndpointSettings settings) {
    NetworkAttachment attachment = to;
    for (String alias : Lists.of(settings.aliases())) {
      attachment = attachment.alias(alias);
    }
    for (String link : Lists.of(settings.links())) {
      attachment = link(attachment, link);
    }
    EndpointAddresses addresses = settings.ipamConfig();
    if (addresses != null && !Lists.of(addresses.ipv4Address()).isEmpty()) {
      attachment = attachment.ip(addresses.ipv4Address());
    }
    if (addresses != null && !Lists.of(addresses.ipv6Address()).isEmpty()) {
      attachment = attachment.ip6(addresses.ipv6Address());
    }
    return Lists.of(settings.macAddress()).isEmpty()
        ? attachment
        : attachment.mac(settings.macAddress());
  }

  /** {@code CONTAINER[:ALIAS]}. */
  private static NetworkAttachment link(NetworkAttachment attachment, String link) {
    int colon = link.indexOf(':');
    String container = colon < 0 ? link : link.substring(0, colon);
    return attachment.link(container, colon < 0 ? container : link.substring(colon + 1));
  }

  private void publish(String port, List<PortBinding> bindings) {
    int slash = port.indexOf('/');
    String protocol = slash < 0 ? "tcp" : port.substring(slash + 1);
    int number = number(slash < 0 ? port : port.substring(0, slash), port);
    request.expose(number + "/" + protocol);
    List<PortBinding> places = new ArrayList<>(Lists.of(bindings));
    if (places.isEmpty()) {
      places.add(new PortBinding("", ""));
    }
    for (PortBinding place : places) {
      String host = Lists.of(place.hostPort());
      int dash = host.indexOf('-');
      int first = host.isEmpty() ? 0 : number(dash < 0 ? host : host.substring(0, dash), host);
      int last = dash < 0 ? first : number(host.substring(dash + 1), host);
      Optional<String> address =
          Optional.ofNullable(place.hostIp()).filter(a -> !a.isEmpty() && !a.equals("0.0.0.0"));
      request.publish(new PublishSpec(number, protocol, address, first, last));
    }
  }

  private static int number(String text, String port) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new HttpError(400, "invalid port specification: \"" + port + "\"", e);
    }
  }

  private void extraHost(String entry) {
    int sign = entry.indexOf(':') < 0 ? entry.indexOf('=') : entry.indexOf(':');
    if (sign < 1) {
      throw HttpError.badRequest("bad format for add-host: \"" + entry + "\"");
    }
    request.extraHost(entry.substring(0, sign), entry.substring(sign + 1));
  }
}
