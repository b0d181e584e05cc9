package io.berth.container;

import io.berth.api.Endpoint;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkingSpec;
import io.berth.api.PublishedPort;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.error.SystemCallException;
import io.berth.network.Connector;
import io.berth.network.Reach;
import io.berth.runtime.launch.Monitor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A container's networks, which may change while it runs. */
final class Connections {
  private final Connector connector;
  private final Path directory;
  private final Life life;

  Connections(Connector connector, Path directory, Life life) {
    this.connector = connector;
    this.directory = directory;
    this.life = life;
  }

  List<Endpoint> networks() {
    String id = directory.getFileName().toString();
    return life.status().isActive() ? connector.endpoints(id) : List.of();
  }

  List<PublishedPort> ports() {
    return life.status().isActive() ? connector.ports(directory) : List.of();
  }

  /** Connects it to a network now, if it runs; what it is then made with. */
  ContainerConfig join(
      ContainerConfig config, Supplier<Launch> launch, NetworkAttachment attachment) {
    NetworkingDraft.checkAttachment(attachment);
    connector.check(List.of(attachment));
    NetworkingSpec networking = config.spec().networking();
    if (config.spec().sandbox().network().network().isEmpty()) {
      throw new ConflictException(
          "Container "
              + config.name()
              + " has the network "
              + config.spec().sandbox().network()
              + " and cannot be connected to others");
    }
    if (networking.attachments().stream().anyMatch(a -> a.network().equals(attachment.network()))) {
      if (!life.status().isActive()) {
        return config; // as dockerd, on which Testcontainers relies for ports of the host
      }
      throw new ConflictException(
          "Container " + config.name() + " is in network " + attachment.network() + " already");
    }
    if (life.status().isActive()) {
      changed(config, connector.join(Starter.joining(launch.get()), attachment, namespace(config)));
    }
    List<NetworkAttachment> all = new ArrayList<>(networking.attachments());
    all.add(attachment);
    return config.with(Specs.attached(config.spec(), all));
  }

  /** Takes it out of a network now, if it runs; what it is then made with. */
  ContainerConfig leave(ContainerConfig config, Supplier<Launch> launch, String network) {
    List<NetworkAttachment> all = new ArrayList<>(config.spec().networking().attachments());
    boolean known = all.removeIf(a -> a.network().equals(network));
    if (life.status().isActive()) {
      changed(config, connector.leave(Starter.joining(launch.get()), network, namespace(config)));
    } else if (!known) {
      throw new NotFoundException(
          "Container " + config.name() + " is not connected to network " + network);
    }
    return config.with(Specs.attached(config.spec(), all));
  }

  private Path namespace(ContainerConfig config) {
    return Path.of(
        "/proc/"
            + life.pid()
                .orElseThrow(
                    () ->
                        new ConflictException(
                            "Container " + config.name() + " waits to be started again; try later"))
            + "/ns/net");
  }

  private void changed(ContainerConfig config, Reach reach) {
    try {
      Monitor.tellNetwork(directory, reach.resolver(), reach.redirected());
    } catch (SystemCallException e) {
      // It ended in this moment.
    }
    EtcPlan.rewrite(directory, config.spec().sandbox(), reach);
  }
}
