package io.berth.server.resource;

import io.berth.api.Engine;
import io.berth.server.api.Router;
import java.time.Clock;

/** All endpoints, over an engine. */
public final class EngineRoutes {
  private EngineRoutes() {}

  /**
   * @param version of this program
   */
  public static Router of(Engine engine, String version, Clock clock) {
    Router router = new Router("Berth/" + version + " (linux)");
    ExecStore execs = new ExecStore(clock);
    ContainerView view = new ContainerView(engine.dataDirectory(), execs);
    new SystemResource(version, new HostInfo(engine, version, clock)).routes(router);
    new ContainerQueries(engine.containers(), view, new ContainerFilter(engine.images()), clock)
        .routes(router);
    Starts starts = new Starts();
    new ContainerResource(engine.containers(), engine.images(), starts).routes(router);
    new WaitResource(engine, starts, clock).routes(router);
    new ContainerStreams(engine.containers(), clock).routes(router);
    new ExecResource(engine.containers(), execs).routes(router);
    return router;
  }
}
