package io.berth.remote.container;

import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Endpoint;
import io.berth.api.Health;
import io.berth.api.PublishedPort;
import io.berth.server.wire.ContainerDetails;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.PortBinding;
import io.berth.server.wire.StateDetails;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How a container is now, from what an engine shows of it. */
final class StateDocuments {
  private StateDocuments() {}

  static ContainerState state(ContainerDetails details) {
    StateDetails state = details.state();
    Status status = status(state);
    Optional<Instant> finished = Values.time(state.finishedAt());
    boolean ended = status == Status.EXITED || status == Status.RESTARTING;
    return new ContainerState(
        status,
        Values.time(details.created()).orElse(Instant.EPOCH),
        Values.time(state.startedAt()),
        finished,
        ended ? Optional.of(state.exitCode()) : Optional.empty(),
        state.oomKilled(),
        details.restartCount(),
        Values.of(state.error()),
        Optional.ofNullable(state.health()).flatMap(h -> health(h, status)));
  }

  private static Status status(StateDetails state) {
    return switch (Values.of(state.status())) {
      case "created" -> Status.CREATED;
      case "running" -> Status.RUNNING;
      case "paused" -> Status.PAUSED;
      case "restarting" -> Status.RESTARTING;
      default -> Status.EXITED;
    };
  }

  private static Optional<Health> health(StateDetails.HealthDetails health, Status status) {
    String word = Values.of(health.status()).toUpperCase(Locale.ROOT);
    if (!status.isActive() || word.isEmpty() || word.equals("NONE")) {
      return Optional.empty();
    }
    List<Health.Check> checks =
        Values.of(health.log()).stream()
            .map(
                c ->
                    new Health.Check(
                        Values.time(c.start()).orElse(Instant.EPOCH),
                        Values.time(c.end()).orElse(Instant.EPOCH),
                        c.exitCode(),
                        Values.of(c.output())))
            .toList();
    return Optional.of(new Health(Health.Status.valueOf(word), health.failingStreak(), checks));
  }

  /** Its places in networks; the API does not tell how their interfaces are called. */
  static List<Endpoint> endpoints(ContainerDetails details) {
    List<Endpoint> all = new ArrayList<>();
    Values.of(details.networkSettings().networks())
        .forEach(
            (name, settings) -> {
              if (!Values.of(settings.endpointId()).isEmpty()) {
                all.add(endpoint(details, name, settings));
              }
            });
    return all;
  }

  private static Endpoint endpoint(
      ContainerDetails details, String network, EndpointSettings settings) {
    String name = details.name().replaceFirst("^/", "");
    Set<String> names = new LinkedHashSet<>(List.of(name));
    names.addAll(Values.of(settings.aliases()));
    names.addAll(Values.of(settings.dnsNames()));
    return new Endpoint(
        settings.endpointId(),
        settings.networkId(),
        network,
        details.id(),
        name,
        "",
        Values.of(settings.macAddress()),
        Values.text(settings.ipAddress()).map(a -> a + "/" + settings.ipPrefixLen()),
        Values.text(settings.globalIpv6Address())
            .map(a -> a + "/" + settings.globalIpv6PrefixLen()),
        Values.text(settings.gateway()),
        Values.text(settings.ipv6Gateway()),
        List.copyOf(names));
  }

  static List<PublishedPort> ports(ContainerDetails details) {
    List<PublishedPort> all = new ArrayList<>();
    Values.of(details.networkSettings().ports())
        .forEach(
            (port, bindings) -> {
              String[] parts = port.split("/");
              for (PortBinding binding : Values.of(bindings)) {
                all.add(
                    new PublishedPort(
                        Integer.parseInt(parts[0]),
                        parts.length == 1 ? "tcp" : parts[1],
                        Values.text(binding.hostIp()).orElse("0.0.0.0"),
                        Integer.parseInt(binding.hostPort())));
              }
            });
    return all;
  }
}
