package io.berth.server.resource;

import com.google.common.base.Suppliers;
import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.server.api.Router;
import io.berth.server.buildkit.BuildKit;
import io.berth.server.reaper.Reapers;
import java.time.Clock;
import java.util.function.Supplier;

/** All endpoints, over an engine. */
public final class EngineRoutes {
  private EngineRoutes() {}

  /**
   * @param version of this program
   * @param reapers what cleans up after test runs
   */
  public static Router of(Engine engine, String version, Clock clock, Reapers reapers) {
    Router router = new Router("Berth/" + version + " (linux)");
    ExecStore execs = new ExecStore(clock);
    Starts starts = new Starts();
    reapers.routes(router);
    ContainerView view = new ContainerView(engine, execs);
    system(router, engine, version, clock, view);
    containers(router, engine, clock, view, starts, reapers);
    new ExecResource(engine.containers(), execs).routes(router);
    new TransferResource(engine.images()).routes(router);
    new RegistryResource(engine.images()).routes(router);
    builds(router, engine, version, clock);
    new NetworkResource(engine, clock).routes(router);
    new SwarmResource().routes(router);
    return router;
  }

  private static void system(
      Router router, Engine engine, String version, Clock clock, ContainerView view) {
    new SystemResource(version, new HostInfo(engine, version, clock)).routes(router);
    new EventResource(engine.events(), clock).routes(router);
    VolumeResource volumes = new VolumeResource(engine.volumes());
    ImageResource images = new ImageResource(engine, sizes(engine), clock);
    new UsageResource(engine, images, volumes, view, clock).routes(router);
    volumes.routes(router);
    images.routes(router);
  }

  private static void builds(Router router, Engine engine, String version, Clock clock) {
    // Made, and its classes loaded, when the first client asks for it.
    Supplier<BuildKit> buildKit = Suppliers.memoize(() -> new BuildKit(engine, version, clock));
    router
        .post("/grpc", call -> buildKit.get().grpc(call))
        .post("/session", call -> buildKit.get().session(call));
    new BuildResource(engine, buildKit, clock).routes(router);
  }

  private static Supplier<Sizes> sizes(Engine engine) {
    return () -> Sizes.of(engine.storage().usage());
  }

  private static void containers(
      Router router,
      Engine engine,
      Clock clock,
      ContainerView view,
      Starts starts,
      Reapers reapers) {
    Containers containers = engine.containers();
    new ContainerQueries(
            containers, view, new ContainerFilter(engine.images()), sizes(engine), clock)
        .routes(router);
    new ContainerResource(containers, engine.images(), starts, reapers).routes(router);
    new WaitResource(engine, starts, clock).routes(router);
    new ContainerStreams(containers, clock).routes(router);
    new StatsResource(containers).routes(router);
    new FileResource(containers).routes(router);
  }
}
