package io.berth.cli;

import io.berth.api.ConnectRequest;
import io.berth.api.Engine;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "connect",
    description = "Connect a container to a network.",
    customSynopsis = "berth network connect [OPTIONS] NETWORK CONTAINER")
final class NetworkConnectCommand extends EngineCommand {
  @Option(names = "--alias", paramLabel = "NAME", description = "Another name in the network")
  private List<String> aliases = List.of();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "IPv4 address")
  private String ip;

  @Option(names = "--ip6", paramLabel = "ADDRESS", description = "IPv6 address")
  private String ip6;

  @Option(
      names = "--link",
      paramLabel = "CONTAINER[:ALIAS]",
      description = "Name for another container")
  private List<String> links = List.of();

  @Parameters(index = "0", paramLabel = "NETWORK", description = "Name or id")
  private String network;

  @Parameters(index = "1", paramLabel = "CONTAINER", description = "Name or id")
  private String container;

  @Override
  int run(Engine engine) {
    ConnectRequest request = engine.networks().get(network).connect(container);
    aliases.forEach(request::alias);
    if (ip != null) {
      request.ip(ip);
    }
    if (ip6 != null) {
      request.ip6(ip6);
    }
    for (String link : links) {
      String[] parts = link.split(":", 2);
      request.link(parts[0], parts.length == 2 ? parts[1] : parts[0]);
    }
    request.execute();
    return 0;
  }
}
