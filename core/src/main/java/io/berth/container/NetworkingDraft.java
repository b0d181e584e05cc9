package io.berth.container;

import static io.berth.container.SandboxDraft.check;

import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkingSpec;
import io.berth.api.PublishSpec;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.HostEntry;
import io.berth.net.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How a container is to be reached, checked as it comes. */
final class NetworkingDraft {
  private final List<NetworkAttachment> attachments = new ArrayList<>();
  private final List<PublishSpec> published = new ArrayList<>();
  private Optional<NetworkMode> mode = Optional.empty();
  private boolean publishAll;

  void mode(NetworkMode given) {
    this.mode = Optional.of(given);
  }

  void attach(NetworkAttachment attachment) {
    checkAttachment(attachment);
    check(
        attachments.stream().noneMatch(a -> a.network().equals(attachment.network())),
        "The network " + attachment.network() + " was given twice");
    attachments.add(attachment);
  }

  static void checkAttachment(NetworkAttachment attachment) {
    NetworkMode network = NetworkMode.of(attachment.network());
    check(
        network.network().isPresent(),
        "A container cannot be connected to " + network + " beside other networks");
    attachment.aliases().forEach(a -> new HostEntry("127.0.0.1", a));
    attachment.links().keySet().forEach(a -> new HostEntry("127.0.0.1", a));
    attachment
        .ip()
        .ifPresent(
            ip -> check(ip.indexOf(':') < 0, "Invalid IPv4 address \"" + Cidr.address(ip) + "\""));
    attachment.ip().ifPresent(Cidr::address);
    attachment
        .ip6()
        .ifPresent(ip -> check(ip.indexOf(':') >= 0, "Invalid IPv6 address \"" + ip + "\""));
    attachment.ip6().ifPresent(Cidr::address);
    attachment.mac().ifPresent(MacAddress::new);
  }

  /** Changes what was attached last; the network of the mode, where nothing was. */
  void last(UnaryOperator<NetworkAttachment> change) {
    if (attachments.isEmpty()) {
      attachments.add(
          NetworkAttachment.to(
              mode.orElse(NetworkMode.DEFAULT)
                  .network()
                  .orElseThrow(
                      () ->
                          new InvalidInputException(
                              "The network " + mode.orElseThrow() + " has no such options"))));
    }
    NetworkAttachment changed = change.apply(attachments.get(attachments.size() - 1));
    checkAttachment(changed);
    attachments.set(attachments.size() - 1, changed);
  }

  void publish(PublishSpec port) {
    port.hostAddress().ifPresent(Cidr::address);
    published.add(port);
  }

  void publishAll(boolean all) {
    this.publishAll = all;
  }

  NetworkMode mode() {
    return mode.orElseGet(
        () ->
            attachments.isEmpty()
                ? NetworkMode.DEFAULT
                : NetworkMode.of(attachments.get(0).network()));
  }

  NetworkingSpec build() {
    NetworkMode network = mode();
    Optional<String> first = network.network();
    if (first.isEmpty()) {
      check(
          attachments.isEmpty(),
          "A container with the network " + network + " cannot be connected to others");
      check(
          network.container().isEmpty() || published.isEmpty() && !publishAll,
          "Ports cannot be published with the network of another container: publish them there");
      return new NetworkingSpec(List.of(), List.of(), false);
    }
    List<NetworkAttachment> ordered = new ArrayList<>(attachments);
    ordered.removeIf(a -> a.network().equals(first.get()));
    ordered.add(
        0,
        attachments.stream()
            .filter(a -> a.network().equals(first.get()))
            .findFirst()
            .orElseGet(() -> NetworkAttachment.to(first.get())));
    return new NetworkingSpec(ordered, published, publishAll);
  }
}
