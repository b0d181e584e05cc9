package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.Health;
import io.berth.text.HumanDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
      names = {"-q", "--quiet"},
      description = "Print ids only")
  private boolean quiet;

  @Option(names = "--no-trunc", description = "Print whole ids and commands")
  private boolean whole;

  @Override
  int run(Engine engine) {
    Table table =
        new Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
    for (Container container : engine.containers().list()) {
      ContainerState state = container.state();
      if (!all && state.status() != Status.RUNNING) {
        continue;
      }
      String id = whole ? container.id() : container.id().substring(0, SHORT_ID);
      if (quiet) {
        console().out().println(id);
      } else {
        table.row(
            id,
            container.image(),
            command(container.command()),
            age(Optional.of(state.created())) + " ago",
            status(state),
            "",
            container.name());
      }
    }
    if (!quiet) {
      table.print(console().out());
    }
    return 0;
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
