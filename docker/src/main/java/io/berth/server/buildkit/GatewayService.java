package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.GrpcServer;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.grpc.ServerCall;
import java.util.Map;
import java.util.Optional;

/**
 * {@code moby.buildkit.v1.frontend.LLBBridge}: a client that drives its build itself asks for
 * Dockerfiles to be built, and says in the end which result is the one.
 */
final class GatewayService {
  private static final String PREFIX = "/moby.buildkit.v1.frontend.LLBBridge/";
  private static final String JOB = "buildkit-controlapi-buildid";

  private final Jobs jobs;
  private final Frontend frontend;
  private final Worker worker;

  GatewayService(Jobs jobs, Frontend frontend, Worker worker) {
    this.jobs = jobs;
    this.frontend = frontend;
    this.worker = worker;
  }

  Map<String, GrpcServer.Method> methods() {
    return Map.of(
        PREFIX + "Ping", call -> ping(call),
        PREFIX + "Solve", call -> solve(call),
        PREFIX + "Evaluate", call -> evaluate(call),
        PREFIX + "Return", call -> end(call),
        PREFIX + "Inputs", call -> inputs(call),
        PREFIX + "Warn", call -> warn(call));
  }

  private Job job(ServerCall call) {
    return jobs.await(
        call.header(JOB)
            .orElseThrow(
                () -> new GrpcException(Code.INVALID_ARGUMENT, "no buildid found in context")));
  }

  private void ping(ServerCall call) {
    call.request();
    job(call);
    call.send(worker.pong());
  }

  private void solve(ServerCall call) throws Exception {
    Job job = job(call);
    call.onGone(job::cancel);
    SolveRequest request = SolveRequest.ofGateway(call.request(), job.request());
    Solved solved = job.work(() -> frontend.solve(job, request));
    ProtoWriter result = new ProtoWriter();
    solved
        .image()
        .ifPresent(
            image ->
                result.message(
                    3,
                    new ProtoWriter()
                        .text(1, job.keep(solved))
                        .message(2, Definition.ofImage(image.id().toString()))));
    solved
        .metadata()
        .forEach(
            (key, value) -> result.message(10, new ProtoWriter().text(1, key).bytes(2, value)));
    call.send(new ProtoWriter().message(3, result));
  }

  /** All results are made when they are asked for. */
  private void evaluate(ServerCall call) {
    job(call).result(call.request().text(1));
    call.send(new ProtoWriter());
  }

  private void end(ServerCall call) {
    Job job = job(call);
    ProtoMessage request = call.request();
    Optional<ProtoMessage> error = request.message(2).filter(status -> status.number(1) != 0);
    if (error.isPresent()) {
      job.fail(GrpcException.of(error.get()));
    } else {
      job.put(returned(request.message(1).orElse(ProtoMessage.empty())).map(job::result));
    }
    call.send(new ProtoWriter());
  }

  private static Optional<String> returned(ProtoMessage result) {
    Map<String, ProtoMessage> several =
        result.message(4).map(refs -> refs.messageMap(1)).orElse(Map.of());
    if (several.size() > 1) {
      throw new GrpcException(
          Code.UNIMPLEMENTED, "Berth exports one result of a build, found " + several.size());
    }
    return several.values().stream()
        .findFirst()
        .or(() -> result.message(3))
        .map(ref -> ref.text(1))
        .filter(id -> !id.isEmpty());
  }

  private void inputs(ServerCall call) {
    call.request();
    call.send(new ProtoWriter());
  }

  private void warn(ServerCall call) {
    Job job = job(call);
    ProtoMessage warning = call.request();
    job.log()
        .add(
            new ProtoWriter()
                .message(
                    4,
                    new ProtoWriter()
                        .text(1, warning.text(1))
                        .number(2, warning.number(2))
                        .bytes(3, warning.bytes(3))
                        .text(5, warning.text(5))));
    call.send(new ProtoWriter());
  }
}
