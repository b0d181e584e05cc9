package io.berth.server.buildkit;

import io.berth.api.Engine;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.api.StorageUsage;
import io.berth.server.grpc.GrpcServer;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.grpc.ServerCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code moby.buildkit.v1.Control}: builds, and what is around them. */
final class ControlService {
  private static final String PREFIX = "/moby.buildkit.v1.Control/";

  private final Engine engine;
  private final Jobs jobs;
  private final Solver solver;
  private final Worker worker;
  private final Clock clock;

  ControlService(Engine engine, Jobs jobs, Solver solver, Worker worker, Clock clock) {
    this.engine = engine;
    this.jobs = jobs;
    this.solver = solver;
    this.worker = worker;
    this.clock = clock;
  }

  Map<String, GrpcServer.Method> methods() {
    return Map.of(
        PREFIX + "Info", call -> info(call),
        PREFIX + "ListWorkers", call -> workers(call),
        PREFIX + "Solve", call -> solve(call),
        PREFIX + "Status", call -> status(call),
        PREFIX + "DiskUsage", call -> usage(call),
        PREFIX + "Prune", call -> prune(call));
  }

  private void info(ServerCall call) {
    call.request();
    call.send(new ProtoWriter().message(1, worker.version()));
  }

  private void workers(ServerCall call) {
    call.request();
    call.send(new ProtoWriter().message(1, worker.record()));
  }

  private void solve(ServerCall call) throws Exception {
    Job job = new Job(SolveRequest.ofControl(call.request()), clock);
    jobs.begin(job);
    try {
      call.onGone(job::cancel);
      call.send(new ProtoWriter().textMap(1, solver.solve(job)));
    } finally {
      jobs.end(job);
    }
  }

  private void status(ServerCall call) throws InterruptedException {
    StatusLog log = jobs.await(call.request().text(1)).log();
    call.begin();
    int index = 0;
    for (Optional<ProtoWriter> next = log.await(index);
        next.isPresent() && !call.gone();
        next = log.await(index)) {
      call.send(next.get());
      index++;
    }
  }

  // ---- The build cache --------------------------------------------------------------------------

  private void usage(ServerCall call) {
    call.request();
    ProtoWriter response = new ProtoWriter();
    for (StorageUsage.OfBuild entry : engine.storage().usage().buildCache()) {
      response.message(
          1,
          new ProtoWriter()
              .text(1, entry.id())
              .flag(2, entry.kind().equals("mount"))
              .number(4, entry.size())
              .time(6, entry.lastUsed())
              .time(7, entry.lastUsed())
              .number(8, 1)
              .text(10, entry.kind().equals("mount") ? "exec.cachemount" : "regular")
              .flag(11, entry.shared()));
    }
    call.send(response);
  }

  private void prune(ServerCall call) {
    ProtoMessage request = call.request();
    Duration age = Duration.ofNanos(Math.max(0, request.number(3)));
    Optional<Instant> until =
        age.isZero() ? Optional.empty() : Optional.of(clock.instant().minus(age));
    Pruned pruned =
        engine
            .storage()
            .pruneBuildCache(
                new BuildCachePrune(
                    Math.max(0, request.number(4)), new PruneFilter(until, List.of(), List.of())));
    call.begin();
    // The space is known of all together: the first record has it.
    long bytes = pruned.bytes();
    for (String name : pruned.names()) {
      call.send(new ProtoWriter().text(1, name).number(4, bytes).text(10, "regular"));
      bytes = 0;
    }
  }
}
