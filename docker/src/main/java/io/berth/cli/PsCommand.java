package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Engine;
import io.berth.api.Health;
import io.berth.api.PublishedPort;
import io.berth.server.resource.DockerViews;
import io.berth.text.HumanDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ps",
    description = "List containers: those that run, or all.",
    customSynopsis = "berth ps [OPTIONS]")
final class PsCommand extends EngineCommand {
  private static final int SHORT_ID = 12;
  private static final int SHORT_COMMAND = 20;

  @Option(
      names = {"-a", "--all"},
      description = "Also those that do not run")
  private boolean all;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description =
          "Only what matches: ancestor, before, exited, expose, health, id, label, name, network,"
              + " publish, since, status or volume")
  private List<String> filters = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Option(
      names = {"-n", "--last"},
      paramLabel = "NUMBER",
      description = "The newest so many, running or not")
  private int last = -1;

  @Option(
      names = {"-l", "--latest"},
      description = "The newest one, running or not")
  private boolean latest;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print ids only")
  private boolean quiet;

  @Option(names = "--no-trunc", description = "Print whole ids and commands")
  private boolean whole;

  @Override
  int run(Engine engine) {
    Map<String, List<String>> wanted = Selection.parse(filters);
    List<Container> containers = Views.of(engine, session().clock()).containers(wanted);
    boolean newest = latest || last > 0;
    boolean every = all || newest || wanted.containsKey("status") || wanted.containsKey("exited");
    containers =
        containers.stream()
            .filter(c -> every || c.state().status().isActive())
            .limit(latest ? 1 : newest ? last : Integer.MAX_VALUE)
            .toList();
    if (quiet) {
      containers.forEach(c -> console().out().println(id(c)));
    } else {
      listing().print(console().out(), format, containers);
    }
    return 0;
  }

  private Listing<Container> listing() {
    String usual =
        "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";
    return new Listing<Container>(usual)
        .column("ID", "CONTAINER ID", this::id)
        .column("Image", "IMAGE", Container::image)
        .column("Command", "COMMAND", c -> command(c.command()))
        .column("RunningFor", "CREATED", c -> age(Optional.of(c.state().created())) + " ago")
        .column("CreatedAt", "CREATED AT", c -> c.state().created().toString())
        .column("Status", "STATUS", c -> status(c.state()))
        .column("State", "STATE", c -> c.state().status().name().toLowerCase(Locale.ROOT))
        .column("Ports", "PORTS", PsCommand::ports)
        .column("Names", "NAMES", Container::name)
        .column("Labels", "LABELS", c -> Text.joined(c.labels()))
        .column("Label", "LABEL", c -> Text.joined(c.labels()))
        .column("Networks", "NETWORKS", c -> String.join(",", DockerViews.networks(c)))
        .column(
            "Mounts",
            "MOUNTS",
            c ->
                c.spec().sandbox().mounts().stream()
                    .map(m -> m.name().isEmpty() ? m.source() : m.name())
                    .collect(Collectors.joining(",")));
  }

  private String id(Container container) {
    return whole ? container.id() : container.id().substring(0, SHORT_ID);
  }

  /** Those that are published, then those that are only exposed. */
  private static String ports(Container container) {
    List<String> all = new ArrayList<>();
    Set<String> published = new HashSet<>();
    container.ports().stream()
        .sorted(
            Comparator.comparingInt(PublishedPort::containerPort)
                .thenComparing(PublishedPort::hostAddress))
        .forEach(
            p -> {
              String inner = p.containerPort() + "/" + p.protocol();
              published.add(inner);
              all.add(PortCommand.outer(p) + "->" + inner);
            });
    if (container.state().status().isActive()) {
      container.spec().exposedPorts().stream()
          .filter(p -> !published.contains(p))
          .sorted()
          .forEach(all::add);
    }
    return String.join(", ", all);
  }

  private String command(List<String> args) {
    String text = String.join(" ", args);
    return Text.quote(whole ? text : Text.ellipsis(text, SHORT_COMMAND));
  }

  private String status(ContainerState state) {
    return switch (state.status()) {
      case CREATED -> "Created";
      case RUNNING -> "Up " + age(state.started()) + state.health().map(this::health).orElse("");
      case PAUSED -> "Up " + age(state.started()) + " (Paused)";
      case RESTARTING -> "Restarting (" + code(state) + ") " + age(state.finished()) + " ago";
      case EXITED -> "Exited (" + code(state) + ") " + age(state.finished()) + " ago";
    };
  }

  private String health(Health health) {
    return health.status() == Health.Status.STARTING
        ? " (health: starting)"
        : " (" + health.status().name().toLowerCase(Locale.ROOT) + ")";
  }

  private static String code(ContainerState state) {
    return state.exitCode().map(String::valueOf).orElse("?");
  }

  private String age(Optional<Instant> since) {
    Instant now = session().clock().instant();
    return HumanDuration.of(Duration.between(since.orElse(now), now));
  }
}
