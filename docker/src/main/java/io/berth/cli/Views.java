package io.berth.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.remote.RemoteEngine;
import io.berth.server.resource.DockerViews;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an engine holds, as docker shows it: a remote one is asked for the documents it has. */
interface Views {
  /**
   * As {@code docker inspect} prints it, if there is one of this name.
   *
   * @param kind {@code container}, {@code image}, {@code network} or {@code volume}
   */
  Optional<JsonNode> find(String kind, String name);

  /** The containers that match docker's filters, the newest first. */
  List<Container> containers(Map<String, List<String>> filters);

  static Views of(Engine engine, Clock clock) {
    return engine instanceof RemoteEngine remote
        ? new Remote(remote)
        : new Embedded(new DockerViews(engine, clock));
  }

  /** Of an engine in this process. */
  record Embedded(DockerViews views) implements Views {
    @Override
    public Optional<JsonNode> find(String kind, String name) {
      return switch (kind) {
        case "container" -> views.container(name);
        case "image" -> views.image(name);
        case "network" -> views.network(name);
        default -> views.volume(name);
      };
    }

    @Override
    public List<Container> containers(Map<String, List<String>> filters) {
      return views.containers(filters);
    }
  }

  /** Of another. */
  record Remote(RemoteEngine engine) implements Views {
    @Override
    public Optional<JsonNode> find(String kind, String name) {
      return engine.inspect(kind, name);
    }

    @Override
    public List<Container> containers(Map<String, List<String>> filters) {
      return engine.containers(filters);
    }
  }
}
