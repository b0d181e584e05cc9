package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.error.BerthException;
import io.berth.server.api.Call;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.resource.Starts.Ticket;
import io.berth.server.wire.WaitResult;
import io.berth.server.wire.WaitResult.WaitError;
import io.berth.server.wire.WireJson;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Waiting until containers have ended or are gone, also those that are still to be started. */
final class WaitResource {
  private static final Duration GLANCE = Duration.ofMillis(500);
  private static final long LONGEST_NAP = 100;
  private static final Set<String> CONDITIONS = Set.of("", "not-running", "next-exit", "removed");

  private final Engine engine;
  private final ContainerLookup lookup;
  private final Starts starts;
  private final Clock clock;

  WaitResource(Engine engine, Starts starts, Clock clock) {
    this.engine = engine;
    this.lookup = new ContainerLookup(engine.containers());
    this.starts = starts;
    this.clock = clock;
  }

  void routes(Router router) {
    router.post("/containers/{id}/wait", this::await);
  }

  private void await(Call call) throws Exception {
    Container container = lookup.of(call);
    String condition = call.version().below(30) ? "" : call.query().get("condition");
    if (!CONDITIONS.contains(condition)) {
      throw HttpError.badRequest("invalid condition: \"" + condition + "\"");
    }
    Instant from = clock.instant();
    ContainerState state = container.state();
    if (call.version().below(30)) {
      call.json(new WaitResult(null, exit(call, container)));
      return;
    }
    try (Ticket ticket = starts.expect(container.id())) {
      // The client starts the container once it has the headers, so the wait has begun now.
      OutputStream out = call.exchange().stream(200, "application/json");
      boolean removed = condition.equals("removed");
      boolean next = condition.equals("next-exit") || removed && state.status() == Status.CREATED;
      if (next && !state.status().isActive()) {
        awaitStart(call, container, ticket);
      }
      out.write(WireJson.line(result(call, container, from, removed)));
    }
  }

  /** The headers are out, so whatever goes wrong is said in the document. */
  private WaitResult result(Call call, Container container, Instant from, boolean removed)
      throws InterruptedException {
    int code;
    try {
      code = exit(call, container);
    } catch (BerthException e) {
      if (!isGone(container)) {
        return new WaitResult(new WaitError(e.getMessage()), 125);
      }
      code = remembered(container, from);
    }
    if (removed) {
      awaitRemoval(call, container);
    }
    return new WaitResult(null, code);
  }

  /** Until it runs, or has run meanwhile, or is gone. */
  private void awaitStart(Call call, Container container, Ticket ticket) throws Exception {
    try {
      Instant finished = container.state().finished().orElse(Instant.MIN);
      while (!call.exchange().gone() && !ticket.await(LONGEST_NAP)) {
        ContainerState state = container.state();
        boolean ran = !state.finished().orElse(Instant.MIN).equals(finished);
        if (state.status().isActive() || ran || isGone(container)) {
          return;
        }
      }
    } catch (BerthException e) {
      if (!isGone(container)) {
        throw e;
      }
    }
  }

  private boolean isGone(Container container) {
    return engine.containers().find(container.id()).isEmpty();
  }

  /** How it ended; 0 when it has never run. */
  private int exit(Call call, Container container) {
    Status status = container.state().status();
    if (status == Status.CREATED) {
      // One that is gone still tells how it ended, once its removal is complete.
      return isGone(container) ? container.waitForExit() : 0;
    }
    Optional<Integer> code = Optional.empty();
    while (code.isEmpty() && !call.exchange().gone()) {
      code = container.waitForExit(GLANCE);
    }
    return code.orElse(0);
  }

  /** The exit code of one that ended and was removed before it could be asked. */
  private int remembered(Container container, Instant from) {
    return engine
        .events()
        .read()
        .since(from)
        .filter("container", container.id())
        .filter("event", "die")
        .list()
        .stream()
        .reduce((first, second) -> second)
        .map(e -> Integer.parseInt(e.attributes().getOrDefault("exitCode", "0")))
        .orElse(0);
  }

  private void awaitRemoval(Call call, Container container) throws InterruptedException {
    for (long nap = 1; !call.exchange().gone() && !isGone(container); nap *= 2) {
      Thread.sleep(Math.min(nap, LONGEST_NAP));
    }
  }
}
