package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Health;
import io.berth.server.api.Times;
import io.berth.server.wire.StateDetails;
import io.berth.server.wire.StateDetails.HealthCheck;
import io.berth.server.wire.StateDetails.HealthDetails;
import io.berth.text.HumanDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The state of a container in dockerd's words. */
final class StateView {
  private StateView() {}

  static String word(ContainerState state) {
    return state.status().name().toLowerCase(Locale.ROOT);
  }

  static StateDetails details(Container container, ContainerState state) {
    Status status = state.status();
    return new StateDetails(
        word(state),
        status.isActive(),
        status == Status.PAUSED,
        status == Status.RESTARTING,
        state.oomKilled(),
        false,
        status.isActive() ? container.pid().orElse(0) : 0,
        status == Status.RUNNING || status == Status.PAUSED ? 0 : state.exitCode().orElse(0),
        state.error(),
        Times.format(state.started()),
        Times.format(state.finished()),
        state.health().map(StateView::health).orElse(null));
  }

  private static HealthDetails health(Health health) {
    return new HealthDetails(
        health.status().name().toLowerCase(Locale.ROOT),
        health.failingStreak(),
        health.log().stream()
            .map(
                c ->
                    new HealthCheck(
                        c.start().toString(), c.end().toString(), c.exitCode(), c.output()))
            .toList());
  }

  /** Such as {@code Up 5 minutes (healthy)}. */
  static String sentence(ContainerState state, Instant now) {
    return switch (state.status()) {
      case CREATED -> "Created";
      case RUNNING -> "Up " + since(state.started(), now) + health(state);
      case PAUSED -> "Up " + since(state.started(), now) + " (Paused)";
      case RESTARTING ->
          "Restarting ("
              + state.exitCode().orElse(0)
              + ") "
              + since(state.finished(), now)
              + " ago";
      case EXITED ->
          "Exited (" + state.exitCode().orElse(0) + ") " + since(state.finished(), now) + " ago";
    };
  }

  private static String health(ContainerState state) {
    return state
        .health()
        .map(
            h ->
                switch (h.status()) {
                  case STARTING -> " (health: starting)";
                  case HEALTHY -> " (healthy)";
                  case UNHEALTHY -> " (unhealthy)";
                })
        .orElse("");
  }

  private static String since(Optional<Instant> then, Instant now) {
    return HumanDuration.of(Duration.between(then.orElse(now), now));
  }
}
