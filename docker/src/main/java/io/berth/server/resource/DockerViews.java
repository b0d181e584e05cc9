package io.berth.server.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.server.api.ApiVersion;
import io.berth.server.api.Filters;
import io.berth.server.http.HttpError;
import io.berth.server.wire.WireJson;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** What an engine holds, as Docker's {@code inspect} and {@code ps --filter} show it. */
public final class DockerViews {
  private final Engine engine;
  private final ContainerView containers;

  public DockerViews(Engine engine, Clock clock) {
    this.engine = engine;
    this.containers = new ContainerView(engine, new ExecStore(clock));
  }

  /** A container as {@code docker inspect} prints it, if there is one of this name. */
  public Optional<JsonNode> container(String name) {
    return engine
        .containers()
        .find(name)
        .map(c -> WireJson.tree(containers.details(c, ApiVersion.NEWEST, Optional.empty())));
  }

  /** An image, likewise. */
  public Optional<JsonNode> image(String name) {
    return engine
        .images()
        .find(name)
        .map(i -> WireJson.tree(ImageView.details(i, engine.storage(), ApiVersion.NEWEST)));
  }

  /** A network, likewise. */
  public Optional<JsonNode> network(String name) {
    return engine
        .networks()
        .find(name)
        .map(n -> WireJson.tree(NetworkResource.view(n, ApiVersion.NEWEST, true)));
  }

  /** A volume, likewise. */
  public Optional<JsonNode> volume(String name) {
    return engine.volumes().find(name).map(v -> WireJson.tree(VolumeResource.view(v, null)));
  }

  /**
   * The containers that match, the newest first.
   *
   * @param filters values by the names of docker's filters
   * @throws InvalidInputException when there is no such filter
   */
  public List<Container> containers(Map<String, List<String>> filters) {
    List<Container> all = engine.containers().list();
    BiPredicate<Container, ContainerState> matches;
    try {
      Filters asked = Filters.of(filters, ContainerFilter.KNOWN);
      matches = new ContainerFilter(engine.images()).of(asked, all);
    } catch (HttpError e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
    return all.stream().filter(c -> matches.test(c, c.state())).toList();
  }

  /** The networks that a container is in, by name. */
  public static List<String> networks(Container container) {
    return List.copyOf(NetworkView.endpoints(container).keySet());
  }
}
