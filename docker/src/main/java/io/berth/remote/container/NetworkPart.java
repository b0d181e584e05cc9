package io.berth.remote.container;

import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishSpec;
import io.berth.error.InvalidInputException;
import io.berth.server.wire.EndpointAddresses;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.HostNetwork;
import io.berth.server.wire.PortBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Collects how a container is to be reached, and by what names it knows others. */
final class NetworkPart {
  private final List<NetworkAttachment> attachments = new ArrayList<>();
  private final Map<String, List<PortBinding>> ports = new TreeMap<>();
  private final List<String> extraHosts = new ArrayList<>();
  private final List<String> dns = new ArrayList<>();
  private final List<String> dnsSearch = new ArrayList<>();
  private final List<String> dnsOptions = new ArrayList<>();
  private Optional<NetworkMode> mode = Optional.empty();
  private boolean publishAll;

  void mode(NetworkMode given) {
    mode = Optional.of(given);
  }

  void attach(NetworkAttachment attachment) {
    if (attachments.stream().anyMatch(a -> a.network().equals(attachment.network()))) {
      throw new InvalidInputException("The network " + attachment.network() + " was given twice");
    }
    attachments.add(attachment);
  }

  void last(UnaryOperator<NetworkAttachment> change) {
    if (attachments.isEmpty()) {
      NetworkMode of = mode.orElse(NetworkMode.DEFAULT);
      attachments.add(
          NetworkAttachment.to(
              of.network()
                  .orElseThrow(
                      () ->
                          new InvalidInputException(
                              "The network " + of + " has no such options"))));
    }
    int last = attachments.size() - 1;
    attachments.set(last, change.apply(attachments.get(last)));
  }

  void publish(PublishSpec port) {
    String host =
        port.first() == 0
            ? ""
            : port.first() == port.last()
                ? String.valueOf(port.first())
                : port.first() + "-" + port.last();
    ports
        .computeIfAbsent(port.containerPort() + "/" + port.protocol(), p -> new ArrayList<>())
        .add(new PortBinding(port.hostAddress().orElse(""), host));
  }

  void publishAll(boolean all) {
    publishAll = all;
  }

  void extraHost(String name, String address) {
    extraHosts.add(name + ":" + address);
  }

  void dns(String address) {
    dns.add(address);
  }

  void dnsSearch(String domain) {
    dnsSearch.add(domain);
  }

  void dnsOption(String option) {
    dnsOptions.add(option);
  }

  Set<String> ports() {
    return ports.keySet();
  }

  private NetworkMode mode() {
    return mode.orElseGet(
        () ->
            attachments.isEmpty()
                ? NetworkMode.DEFAULT
                : NetworkMode.of(attachments.get(0).network()));
  }

  HostNetwork build() {
    return new HostNetwork(
        mode().toString(), ports, publishAll, dns, dnsOptions, dnsSearch, extraHosts, null);
  }

  /** The networks with what is wished in them, the one of the mode first. */
  List<NetworkAttachment> attachments() {
    List<NetworkAttachment> all = new ArrayList<>(attachments);
    mode()
        .network()
        .ifPresent(
            first -> {
              Optional<NetworkAttachment> wished =
                  all.stream().filter(a -> a.network().equals(first)).findFirst();
              all.removeIf(a -> a.network().equals(first));
              wished.ifPresent(w -> all.add(0, w));
            });
    return all;
  }

  static Map<String, EndpointSettings> settings(List<NetworkAttachment> attachments) {
    Map<String, EndpointSettings> all = new LinkedHashMap<>();
    attachments.forEach(a -> all.put(a.network(), settings(a)));
    return all;
  }

  /** A place in a network, as it is asked for. */
  static EndpointSettings settings(NetworkAttachment wish) {
    boolean fixed = wish.ip().isPresent() || wish.ip6().isPresent();
    List<String> links = new ArrayList<>();
    wish.links().forEach((alias, container) -> links.add(container + ":" + alias));
    return new EndpointSettings(
        fixed ? new EndpointAddresses(wish.ip().orElse(""), wish.ip6().orElse(""), null) : null,
        Values.orNull(links),
        Values.orNull(wish.aliases()),
        wish.mac().orElse(""),
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
  }
}
