package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.server.api.Call;
import io.berth.server.http.HttpError;

/** Finds the container that a request is about. */
final class ContainerLookup {
  private final Containers containers;

  ContainerLookup(Containers containers) {
    this.containers = containers;
  }

  Container of(Call call) {
    return get(call.parameter("id"));
  }

  Container get(String name) {
    if (name.isEmpty() || name.equals("/")) {
      throw HttpError.badRequest("invalid name or ID supplied: \"\"");
    }
    return containers
        .find(name)
        .orElseThrow(() -> HttpError.notFound("No such container: " + name));
  }
}
