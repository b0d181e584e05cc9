package io.berth.server.buildkit;

import io.berth.api.Engine;
import io.berth.server.api.Call;
import io.berth.server.api.JsonLines;
import io.berth.server.grpc.GrpcClient;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcServer;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.grpc.ServerCall;
import io.berth.server.grpc.Tunnel;
import io.berth.server.http.HttpError;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where buildx and compose build: connections that leave HTTP/1 for gRPC, in either direction. */
public final class BuildKit {
  private static final String HEADER = "X-Docker-Expose-Session-";
  private static final String UUID = "Uuid";
  private static final String METHOD = "Grpc-Method";
  private static final int SERVING = 1;

  private final Sessions sessions = new Sessions();
  private final Jobs jobs = new Jobs();
  private final Uploads uploads = new Uploads();
  private final Solver solver;
  private final Clock clock;
  private final GrpcServer server;

  /**
   * @param version of this program
   */
  public BuildKit(Engine engine, String version, Clock clock) {
    Worker worker = new Worker(version);
    Frontend frontend = new Frontend(engine, sessions, uploads);
    this.solver = new Solver(frontend, new Exporters(engine, sessions));
    this.clock = clock;
    Map<String, GrpcServer.Method> methods = new HashMap<>();
    methods.putAll(new ControlService(engine, jobs, solver, worker, clock).methods());
    methods.putAll(new GatewayService(jobs, frontend, worker).methods());
    methods.put("/moby.buildkit.v1.Control/Session", this::tunnel);
    methods.put(
        "/grpc.health.v1.Health/Check", call -> call.send(new ProtoWriter().number(1, SERVING)));
    this.server = new GrpcServer(methods, Failures::of);
  }

  /** Calls for this server. */
  public void grpc(Call call) throws Exception {
    checkUpgrade(call);
    call.exchange().upgrade("h2c", server::install);
  }

  /** A client that waits for calls. */
  public void session(Call call) throws Exception {
    checkUpgrade(call);
    String id = call.exchange().header(HEADER + UUID).orElse("");
    checkId(id);
    List<String> methods = call.exchange().headers(HEADER + METHOD);
    call.exchange()
        .upgrade("h2c", (pipeline, threads) -> add(id, methods, GrpcClient.install(pipeline)));
  }

  /** The same within a call. */
  private void tunnel(ServerCall call) throws InterruptedException {
    String prefix = HEADER.toLowerCase(Locale.ROOT);
    String id = call.header(prefix + UUID.toLowerCase(Locale.ROOT)).orElse("");
    checkId(id);
    List<String> methods = call.headers(prefix + METHOD.toLowerCase(Locale.ROOT));
    Tunnel.serve(call, pipeline -> add(id, methods, GrpcClient.install(pipeline)));
  }

  private void checkId(String id) {
    if (id.isEmpty()) {
      throw HttpError.badRequest("the session has no " + HEADER + UUID);
    }
    if (sessions.has(id)) {
      throw HttpError.badRequest("session " + id + " already exists");
    }
  }

  private void add(String id, List<String> methods, GrpcClient client) {
    sessions.add(id, methods, client);
    client.onClose(() -> jobs.cancelOf(id));
  }

  /** A build of a session whose answer is a stream of documents, for clients without gRPC. */
  public void build(Call call) throws Exception {
    String upload = call.query().get("buildid");
    if (upload.startsWith(Uploads.PREFIX + ":")) {
      uploads.offer(upload, call.exchange().body(), call.exchange()::onGone);
      return;
    }
    Job job = new Job(new SessionBuild(call.query()).request(), clock);
    JsonLines lines = new JsonLines(call);
    jobs.begin(job);
    call.exchange().onGone(job::cancel);
    Thread following = new Thread(() -> SessionBuild.follow(job.log(), lines), "berth-progress");
    following.setDaemon(true);
    following.start();
    try {
      Map<String, String> response;
      try {
        response = solver.solve(job);
      } finally {
        jobs.end(job);
        following.join();
      }
      if (response.containsKey("containerimage.digest")) {
        Map<String, String> id = Map.of("ID", response.get("containerimage.digest"));
        lines.send(Map.of("id", "moby.image.id", "aux", id));
      }
    } catch (GrpcException e) {
      lines.fail(new HttpError(500, e.getMessage(), e));
    } catch (RuntimeException e) {
      lines.fail(e);
    }
  }

  /** Ends the build of this id, if there is one. */
  public void cancel(String id) {
    jobs.cancel(id);
  }

  private static void checkUpgrade(Call call) {
    String protocol =
        call.exchange()
            .header("Upgrade")
            .orElseThrow(() -> HttpError.badRequest("no upgrade proto in request"));
    if (!protocol.equals("h2c")) {
      throw HttpError.badRequest("protocol " + protocol + " not supported");
    }
  }
}
