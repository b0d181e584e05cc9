package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Containers;
import io.berth.api.ProcessTable;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ContainerPruneReport;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.TopResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Listing and inspecting containers, and waiting for them. */
final class ContainerQueries {
  private final Containers containers;
  private final ContainerLookup lookup;
  private final ContainerView view;
  private final ContainerFilter filter;
  private final Supplier<Sizes> sizes;
  private final Clock clock;

  /**
   * @param sizes measures, which takes a while
   */
  ContainerQueries(
      Containers containers,
      ContainerView view,
      ContainerFilter filter,
      Supplier<Sizes> sizes,
      Clock clock) {
    this.sizes = sizes;
    this.containers = containers;
    this.lookup = new ContainerLookup(containers);
    this.view = view;
    this.filter = filter;
    this.clock = clock;
  }

  void routes(Router router) {
    router
        .get("/containers/json", this::list)
        .get("/containers/{id}/json", this::inspect)
        .get("/containers/{id}/top", this::top)
        .post("/containers/prune", this::prune);
  }

  private void list(Call call) throws Exception {
    Filters filters = Filters.of(call, ContainerFilter.KNOWN);
    long limit = call.query().number("limit").orElse(0L);
    boolean all =
        call.query().flag("all") || limit > 0 || filters.has("status") || filters.has("exited");
    Instant now = clock.instant();
    Optional<Sizes> sizes = sizes(call);
    List<ContainerSummary> found = new ArrayList<>();
    List<Container> candidates = containers.list();
    var matches = filter.of(filters, candidates);
    for (Container container : candidates) {
      ContainerState state = container.state();
      if ((all || state.status().isActive()) && matches.test(container, state)) {
        found.add(view.summary(container, state, now, sizes));
        if (limit > 0 && found.size() >= limit) {
          break;
        }
      }
    }
    call.json(found);
  }

  private void inspect(Call call) throws Exception {
    call.json(view.details(lookup.of(call), call.version(), sizes(call)));
  }

  private Optional<Sizes> sizes(Call call) {
    return call.query().flag("size") ? Optional.of(sizes.get()) : Optional.empty();
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
    Pruned pruned =
        containers.prune(
            new PruneFilter(until(filters), filters.get("label"), filters.get("label!")));
    call.json(new ContainerPruneReport(Lists.orNull(pruned.names()), pruned.bytes()));
  }

  private Optional<Instant> until(Filters filters) {
    if (filters.get("until").size() > 1) {
      throw HttpError.badRequest("more than one until filter specified");
    }
    return filters.get("until").stream().findFirst().map(t -> Times.parse(t, clock.instant()));
  }
}
