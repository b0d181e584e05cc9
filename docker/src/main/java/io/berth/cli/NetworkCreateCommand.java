package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.NetworkRequest;
import io.berth.api.SubnetSpec;
import io.berth.error.InvalidInputException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Create a network, and print its id.",
    customSynopsis = "berth network create [OPTIONS] NETWORK")
final class NetworkCreateCommand extends EngineCommand {
  @Option(
      names = {"-d", "--driver"},
      paramLabel = "DRIVER",
      description = "Who connects its containers (bridge)")
  private String driver;

  @Option(names = "--internal", description = "Leads to no other hosts")
  private boolean internal;

  @Option(names = "--ipv6", description = "Has IPv6 addresses")
  private boolean ipv6;

  @Option(names = "--subnet", paramLabel = "SUBNET", description = "Addresses, as 172.28.0.0/16")
  private List<String> subnets = List.of();

  @Option(names = "--gateway", paramLabel = "ADDRESS", description = "The host's address in it")
  private List<String> gateways = List.of();

  @Option(
      names = "--ip-range",
      paramLabel = "SUBNET",
      description = "Part of the subnet that containers get addresses of")
  private List<String> ranges = List.of();

  @Option(
      names = {"-o", "--opt"},
      paramLabel = "NAME=VALUE",
      description = "Option of the driver")
  private List<String> options = List.of();

  @Option(names = "--label", paramLabel = "NAME[=VALUE]", description = "Label")
  private List<String> labels = List.of();

  @Option(names = "--attachable", description = "As docker has it, for swarms: no effect")
  private boolean attachable;

  @Parameters(paramLabel = "NETWORK", description = "Its name")
  private String name;

  @Override
  int run(Engine engine) {
    NetworkRequest request = engine.networks().create(name).internal(internal).ipv6(ipv6);
    if (driver != null) {
      request.driver(driver);
    }
    if (gateways.size() > subnets.size() || ranges.size() > subnets.size()) {
      throw new InvalidInputException(
          "A gateway or range without its subnet: give --subnet for each");
    }
    for (int i = 0; i < subnets.size(); i++) {
      SubnetSpec subnet = SubnetSpec.of(subnets.get(i));
      subnet = i < gateways.size() ? subnet.gateway(gateways.get(i)) : subnet;
      request.subnet(i < ranges.size() ? subnet.range(ranges.get(i)) : subnet);
    }
    options.stream()
        .map(o -> Assignment.of("option", o))
        .forEach(o -> request.option(o.name(), o.value()));
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    console().out().println(request.execute().id());
    return 0;
  }
}
