package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Network;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ls", description = "List networks.", customSynopsis = "berth network ls [OPTIONS]")
final class NetworkLsCommand extends EngineCommand {
  private static final int SHORT_ID = 12;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description = "Only what matches: driver, id, label, name, dangling, scope or type")
  private List<String> filters = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Option(names = "--no-trunc", description = "Print whole ids")
  private boolean whole;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print ids only")
  private boolean quiet;

  @Override
  int run(Engine engine) {
    List<Network> networks =
        Selection.<Network>of(filters)
            .text("driver", n -> n.spec().driver())
            .part("id", Network::id)
            .part("name", Network::name)
            .labels(n -> n.spec().labels())
            .is("scope", (n, v) -> v.equals("local"))
            .is("type", (n, v) -> v.equals("builtin") == builtin(n))
            .is("dangling", (n, v) -> Boolean.parseBoolean(v) == dangling(n))
            .from(engine.networks().list());
    if (quiet) {
      networks.forEach(n -> console().out().println(id(n)));
      return 0;
    }
    new Listing<Network>("{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}")
        .column("ID", "NETWORK ID", this::id)
        .column("Name", "NAME", Network::name)
        .column("Driver", "DRIVER", n -> n.spec().driver())
        .column("Scope", "SCOPE", n -> "local")
        .column("IPv6", "IPV6", n -> String.valueOf(n.spec().ipv6()))
        .column("Internal", "INTERNAL", n -> String.valueOf(n.spec().internal()))
        .column("CreatedAt", "CREATED AT", n -> n.created().toString())
        .column("Labels", "LABELS", n -> Text.joined(n.spec().labels()))
        .print(console().out(), format, networks);
    return 0;
  }

  private static boolean builtin(Network network) {
    return List.of("bridge", "host", "none").contains(network.name());
  }

  private static boolean dangling(Network network) {
    return !builtin(network) && network.endpoints().isEmpty();
  }

  private String id(Network network) {
    return whole ? network.id() : network.id().substring(0, SHORT_ID);
  }
}
