package io.berth.server.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.server.api.Call;
import io.berth.server.api.Endpoint;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import java.util.List;
import java.util.Set;

/** Swarms and plugins: answers as a daemon that is in no swarm and has no plugins. */
final class SwarmResource {
  static final String NO_MANAGER =
      "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to"
          + " connect this node to swarm and try again.";
  private static final String NO_SWARM = "This node is not part of a swarm";

  void routes(Router router) {
    swarm(router);
    plugins(router);
  }

  static void refuse() {
    throw new HttpError(503, NO_MANAGER);
  }

  private static void swarm(Router router) {
    Endpoint refused = call -> refuse();
    router
        .get("/swarm", refused)
        .post("/swarm/init", call -> unsupported())
        .post("/swarm/join", call -> unsupported())
        .post("/swarm/leave", call -> outside())
        .post("/swarm/update", refused)
        .get("/swarm/unlockkey", refused)
        .post("/swarm/unlock", call -> outside());
    for (String kind : List.of("nodes", "services", "tasks", "secrets", "configs")) {
      router
          .get("/" + kind, refused)
          .post("/" + kind + "/create", refused)
          .get("/" + kind + "/{id}", refused)
          .get("/" + kind + "/{id}/logs", refused)
          .post("/" + kind + "/{id}/update", refused)
          .delete("/" + kind + "/{id}", refused);
    }
  }

  private static void outside() {
    throw new HttpError(503, NO_SWARM);
  }

  private static void unsupported() {
    throw HttpError.notImplemented("Berth has no swarm mode");
  }

  private static void plugins(Router router) {
    router
        .get("/plugins", SwarmResource::none)
        .get("/plugins/privileges", call -> call.json(List.of()))
        .post("/plugins/pull", call -> noPlugins())
        .post("/plugins/create", call -> noPlugins())
        .get("/plugins/{name*}/json", SwarmResource::missing)
        .delete("/plugins/{name*}", SwarmResource::missing);
    for (String action : List.of("enable", "disable", "upgrade", "push", "set")) {
      router.post("/plugins/{name*}/" + action, SwarmResource::missing);
    }
  }

  private static void none(Call call) throws Exception {
    Filters.of(call, Set.of("capability", "enabled"));
    call.json(List.of());
  }

  private static void noPlugins() {
    throw HttpError.notImplemented("Berth has no managed plugins");
  }

  private static void missing(Call call) throws Exception {
    if (call.exchange().hasBody()) {
      call.optionalBody(JsonNode.class);
    }
    throw HttpError.notFound("plugin \"" + call.parameter("name") + "\" not found");
  }
}
