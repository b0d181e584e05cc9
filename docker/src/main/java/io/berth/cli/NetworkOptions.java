package io.berth.cli;

import io.berth.api.CreateRequest;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.error.InvalidInputException;
import java.util.List;
import picocli.CommandLine.Option;

/** Which networks a container is in, and how it is reached. */
final class NetworkOptions {
  @Option(
      names = {"--network", "--net"},
      paramLabel = "NETWORK",
      description =
          "A network (bridge by default), none, host or container:NAME; with more of it as"
              + " name=NETWORK,alias=NAME,ip=ADDRESS")
  private List<String> networks = List.of();

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "[[ADDR:]PORT:]PORT[/PROTO]",
      description = "Have a port reached through one of the host's")
  private List<String> published = List.of();

  @Option(
      names = {"-P", "--publish-all"},
      description = "Publish all exposed ports, at any of the host's")
  private boolean publishAll;

  @Option(
      names = {"--network-alias", "--net-alias"},
      paramLabel = "NAME",
      description = "Another name in the network")
  private List<String> aliases = List.of();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "IPv4 address in the network")
  private String ip;

  @Option(names = "--ip6", paramLabel = "ADDRESS", description = "IPv6 address in the network")
  private String ip6;

  @Option(
      names = "--mac-address",
      paramLabel = "ADDRESS",
      description = "Ethernet address in the network")
  private String mac;

  @Option(
      names = "--link",
      paramLabel = "CONTAINER[:ALIAS]",
      description = "Name for another container")
  private List<String> links = List.of();

  void apply(CreateRequest request) {
    if (networks.isEmpty()) {
      request.network(NetworkMode.of("default"));
    }
    networks.forEach(network -> add(request, network));
    aliases.forEach(request::networkAlias);
    if (ip != null) {
      request.ip(ip);
    }
    if (ip6 != null) {
      request.ip6(ip6);
    }
    if (mac != null) {
      request.mac(mac);
    }
    for (String link : links) {
      String[] parts = link.split(":", 2);
      request.link(parts[0], parts.length == 2 ? parts[1] : parts[0]);
    }
    published.forEach(request::publish);
    if (publishAll) {
      request.publishAll(true);
    }
  }

  /** A name, or the long form of docker's. */
  private static void add(CreateRequest request, String text) {
    if (text.indexOf('=') < 0) {
      request.network(NetworkMode.of(text));
      return;
    }
    NetworkAttachment place = null;
    for (String field : text.split(",")) {
      Assignment parts = Assignment.of("network", field);
      String value = parts.value();
      if (parts.name().equals("name")) {
        place = NetworkAttachment.to(value);
        continue;
      }
      if (place == null) {
        throw new InvalidInputException(
            "Invalid network \"" + text + "\": expected name=NETWORK as its first field");
      }
      place =
          switch (parts.name()) {
            case "alias" -> place.alias(value);
            case "ip" -> place.ip(value);
            case "ip6" -> place.ip6(value);
            case "mac-address" -> place.mac(value);
            default ->
                throw new InvalidInputException(
                    "invalid field '" + parts.name() + "' in --network " + text);
          };
    }
    request.network(place);
  }
}
