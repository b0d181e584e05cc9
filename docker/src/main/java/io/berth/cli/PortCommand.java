package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.PublishedPort;
import io.berth.error.NotFoundException;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "port",
    description = "List the ports of the host that lead to a container's.",
    customSynopsis = "berth port CONTAINER [PORT[/PROTO]]")
final class PortCommand extends EngineCommand {
  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PORT",
      description = "Only those of this port of the container")
  private String port;

  @Override
  int run(Engine engine) {
    List<PublishedPort> ports =
        engine.containers().get(name).ports().stream()
            .sorted(
                Comparator.comparingInt(PublishedPort::containerPort)
                    .thenComparing(PublishedPort::protocol)
                    .thenComparing(PublishedPort::hostAddress))
            .toList();
    if (port == null) {
      ports.forEach(p -> console().out().println(inner(p) + " -> " + outer(p)));
      return 0;
    }
    String wanted = port.indexOf('/') < 0 ? port + "/tcp" : port;
    List<PublishedPort> found = ports.stream().filter(p -> inner(p).equals(wanted)).toList();
    if (found.isEmpty()) {
      throw new NotFoundException("No public port '" + wanted + "' published for " + name);
    }
    found.forEach(p -> console().out().println(outer(p)));
    return 0;
  }

  private static String inner(PublishedPort port) {
    return port.containerPort() + "/" + port.protocol();
  }

  static String outer(PublishedPort port) {
    String address = port.hostAddress();
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port.hostPort();
  }
}
