package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.server.api.Filters;
import io.berth.server.http.HttpError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** The filters of a list of containers. */
final class ContainerFilter {
  static final Set<String> KNOWN =
      Set.of(
          "ancestor",
          "before",
          "exited",
          "expose",
          "health",
          "id",
          "is-task",
          "isolation",
          "label",
          "name",
          "network",
          "publish",
          "since",
          "status",
          "volume");

  private static final Set<String> STATES =
      Set.of("created", "restarting", "running", "removing", "paused", "exited", "dead");

  private static final Set<String> HEALTH = Set.of("none", "starting", "healthy", "unhealthy");

  private final Images images;

  ContainerFilter(Images images) {
    this.images = images;
  }

  /** What these filters let through, of all the containers there are. */
  BiPredicate<Container, ContainerState> of(Filters filters, List<Container> all) {
    filters.get("status").stream()
        .filter(s -> !STATES.contains(s))
        .findFirst()
        .ifPresent(
            s -> {
              throw HttpError.badRequest("invalid filter 'status=" + s + "'");
            });
    filters.get("health").stream()
        .filter(h -> !HEALTH.contains(h))
        .findFirst()
        .ifPresent(
            h -> {
              throw HttpError.badRequest("Unrecognised filter value for health: " + h);
            });
    Set<Integer> codes =
        filters.get("exited").stream().map(ContainerFilter::code).collect(Collectors.toSet());
    List<String> ancestors = ancestors(filters);
    Instant before = created(filters, "before", all, Instant.MAX);
    Instant since = created(filters, "since", all, Instant.MIN);
    boolean none = filters.flag("is-task", false);
    return (container, state) ->
        !none
            && filters.prefix("id", container.id())
            && (filters.pattern("name", container.name())
                || filters.pattern("name", "/" + container.name()))
            && filters.exact("status", StateView.word(state))
            && (codes.isEmpty() || exited(state, codes))
            && filters.labels(container.labels())
            && (!filters.has("ancestor") || isOf(container, ancestors))
            && state.created().isBefore(before)
            && state.created().isAfter(since)
            && filters.exact("health", health(state))
            && hasNetwork(filters, container)
            && hasVolume(filters, container)
            && hasPort(filters, "expose", container)
            && hasPort(filters, "publish", container);
  }

  private static int code(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new HttpError(400, "invalid filter 'exited=" + text + "'", e);
    }
  }

  private static boolean exited(ContainerState state, Set<Integer> codes) {
    return !state.status().isActive() && state.exitCode().map(codes::contains).orElse(false);
  }

  private static Instant created(
      Filters filters, String name, List<Container> all, Instant absent) {
    if (!filters.has(name)) {
      return absent;
    }
    String wanted = filters.get(name).get(0);
    return all.stream()
        .filter(c -> c.name().equals(wanted) || c.id().startsWith(wanted))
        .findFirst()
        .orElseThrow(() -> HttpError.notFound("No such container: " + wanted))
        .state()
        .created();
  }

  private static String health(ContainerState state) {
    return state.health().map(h -> h.status().name().toLowerCase(Locale.ROOT)).orElse("none");
  }

  /** The layers of the images that are named, with all their layers. */
  private List<String> ancestors(Filters filters) {
    List<String> chains = new ArrayList<>();
    for (String name : filters.get("ancestor")) {
      images.find(name).map(ContainerFilter::layers).ifPresent(chains::add);
    }
    return chains;
  }

  private static String layers(Image image) {
    return image.config().diffIds().toString().replace("]", "");
  }

  private boolean isOf(Container container, List<String> ancestors) {
    return images
        .find(container.spec().imageId().toString())
        .map(ContainerFilter::layers)
        .map(own -> ancestors.stream().anyMatch(own::startsWith))
        .orElse(false);
  }

  private static boolean hasNetwork(Filters filters, Container container) {
    return !filters.has("network")
        || NetworkView.endpoints(container).entrySet().stream()
            .anyMatch(
                e ->
                    filters.exact("network", e.getKey())
                        || filters.exact("network", Lists.of(e.getValue().networkId())));
  }

  private static boolean hasVolume(Filters filters, Container container) {
    return !filters.has("volume")
        || ContainerView.mounts(container.spec()).stream()
            .anyMatch(
                m ->
                    filters.exact("volume", m.destination())
                        || filters.exact("volume", m.source())
                        || filters.exact("volume", Lists.of(m.name())));
  }

  private static boolean hasPort(Filters filters, String name, Container container) {
    if (!filters.has(name)) {
      return true;
    }
    List<String> ports =
        name.equals("expose")
            ? container.spec().exposedPorts()
            : NetworkView.ports(container).stream()
                .map(p -> p.privatePort() + "/" + p.type())
                .toList();
    return filters.get(name).stream()
        .anyMatch(wanted -> ports.contains(wanted.contains("/") ? wanted : wanted + "/tcp"));
  }
}
