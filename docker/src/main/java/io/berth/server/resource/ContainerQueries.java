package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Containers;
import io.berth.api.ProcessTable;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.PruneReport;
import io.berth.server.wire.TopResponse;
import io.berth.server.wire.WaitResult;
import io.berth.server.wire.WireJson;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Listing and inspecting containers, and waiting for them. */
final class ContainerQueries {
  private static final Duration GLANCE = Duration.ofMillis(500);
  private static final long FIRST_NAP = 2;
  private static final long LAST_NAP = 100;

  private final Containers containers;
  private final ContainerLookup lookup;
  private final ContainerView view;
  private final ContainerFilter filter;
  private final Clock clock;

  ContainerQueries(Containers containers, ContainerView view, ContainerFilter filter, Clock clock) {
    this.containers = containers;
    this.lookup = new ContainerLookup(containers);
    this.view = view;
    this.filter = filter;
    this.clock = clock;
  }

  void routes(Router router) {
    router
        .get("/containers/json", this::list)
        .get(
            "/containers/{id}/json",
            call -> call.json(view.details(lookup.of(call), call.version())))
        .get("/containers/{id}/top", this::top)
        .post("/containers/{id}/wait", this::await)
        .post("/containers/prune", this::prune);
  }

  private void list(Call call) throws Exception {
    Filters filters = Filters.of(call, ContainerFilter.KNOWN);
    long limit = call.query().number("limit").orElse(0L);
    boolean all =
        call.query().flag("all") || limit > 0 || filters.has("status") || filters.has("exited");
    Instant now = clock.instant();
    List<ContainerSummary> found = new ArrayList<>();
    List<Container> candidates = containers.list();
    var matches = filter.of(filters, candidates);
    for (Container container : candidates) {
      ContainerState state = container.state();
      if ((all || state.status().isActive()) && matches.test(container, state)) {
        found.add(view.summary(container, state, now));
        if (limit > 0 && found.size() >= limit) {
          break;
        }
      }
    }
    call.json(found);
  }

  private void top(Call call) throws Exception {
    Container container = lookup.of(call);
    List<String> args =
        call.query()
            .optional("ps_args")
            .map(a -> List.of(a.strip().split("\\s+")))
            .orElse(List.of());
    if (!container.state().status().isActive()) {
      throw HttpError.conflict("container " + container.id() + " is not running");
    }
    ProcessTable table = container.top(args.equals(List.of("-ef")) ? List.of() : args);
    call.json(new TopResponse(table.rows(), table.titles()));
  }

  private void prune(Call call) throws Exception {
    Filters filters = Filters.of(call, Set.of("until", "label", "label!"));
    Optional<Instant> until = until(filters);
    List<String> removed = new ArrayList<>();
    for (Container container : containers.list()) {
      ContainerState state = container.state();
      boolean old = until.map(t -> state.created().isBefore(t)).orElse(true);
      if (!state.status().isActive() && old && filters.labels(container.labels())) {
        container.remove(false);
        removed.add(container.id());
      }
    }
    call.json(new PruneReport(Lists.orNull(removed), null, null, null, 0L));
  }

  private Optional<Instant> until(Filters filters) {
    if (filters.get("until").size() > 1) {
      throw HttpError.badRequest("more than one until filter specified");
    }
    return filters.get("until").stream().findFirst().map(t -> Times.parse(t, clock.instant()));
  }

  // ---- Waiting ----------------------------------------------------------------------------------

  private void await(Call call) throws Exception {
    Container container = lookup.of(call);
    String condition = call.version().below(30) ? "" : call.query().get("condition");
    if (!Set.of("", "not-running", "next-exit", "removed").contains(condition)) {
      throw HttpError.badRequest("invalid condition: \"" + condition + "\"");
    }
    if (call.version().below(30)) {
      call.json(new WaitResult(null, exit(call, container, condition)));
      return;
    }
    // The client starts the container once it has the headers, so the wait has to have begun.
    Instant before = container.state().finished().orElse(Instant.MIN);
    OutputStream out = call.exchange().stream(200, "application/json");
    boolean idle = !container.state().status().isActive();
    if (idle && (condition.equals("next-exit") || condition.equals("removed"))) {
      awaitStart(call, container, before, condition.equals("removed"));
    }
    int code = exit(call, container, condition);
    if (condition.equals("removed")) {
      awaitRemoval(call, container);
    }
    out.write(WireJson.line(new WaitResult(null, code)));
  }

  /** Until it runs, or has run meanwhile, or is gone. */
  private void awaitStart(Call call, Container container, Instant before, boolean removed)
      throws Exception {
    for (long nap = FIRST_NAP; !call.exchange().gone(); nap = Math.min(nap + 1, LAST_NAP)) {
      ContainerState state = container.state();
      boolean ran = !state.finished().orElse(Instant.MIN).equals(before);
      if (state.status().isActive() || ran || containers.find(container.id()).isEmpty()) {
        return;
      }
      if (removed && state.status() == Status.EXITED && state.exitCode().isPresent()) {
        return;
      }
      Thread.sleep(nap);
    }
  }

  private static int exit(Call call, Container container, String condition) {
    ContainerState state = container.state();
    if (state.status() == Status.CREATED) {
      return 0;
    }
    Optional<Integer> code = Optional.empty();
    while (code.isEmpty() && !call.exchange().gone()) {
      code = container.waitForExit(GLANCE);
    }
    return code.orElse(0);
  }

  private void awaitRemoval(Call call, Container container) throws Exception {
    for (long nap = 1; !call.exchange().gone(); nap = Math.min(nap * 2, LAST_NAP)) {
      if (containers.find(container.id()).isEmpty()) {
        return;
      }
      Thread.sleep(nap);
    }
  }
}
