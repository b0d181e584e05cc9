package io.berth.server.buildkit;

import io.berth.api.BuildRequest;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Builds Dockerfiles as BuildKit's frontend {@code dockerfile.v0} is asked to. */
final class Frontend {
  private final Engine engine;
  private final Sessions sessions;

  Frontend(Engine engine, Sessions sessions) {
    this.engine = engine;
    this.sessions = sessions;
  }

  Solved solve(Job job, SolveRequest request) {
    if (!request.frontend().equals("dockerfile.v0") && !request.frontend().equals("gateway.v0")) {
      throw new GrpcException(
          Code.UNIMPLEMENTED,
          "Berth builds Dockerfiles (frontend dockerfile.v0), found "
              + (request.frontend().isEmpty() ? "LLB" : request.frontend()));
    }
    if (request.attributes().containsKey("requestid")) {
      throw new GrpcException(
          Code.UNIMPLEMENTED,
          "Berth does not answer " + request.attributes().get("requestid") + " yet");
    }
    Instant begun = job.clock().instant();
    BuildSources sources = new BuildSources(engine, sessions, job, request);
    Image image;
    try {
      image = build(job, request, sources.begin());
    } catch (RuntimeException e) {
      throw sources.text().map(text -> text.locate(e)).orElse(e);
    }
    boolean own = image.tags().isEmpty() && !image.created().isBefore(begun);
    return new Solved(Optional.of(image), Map.of(), own);
  }

  private Image build(Job job, SolveRequest request, BuildRequest build) {
    StepVertices progress = job.steps();
    BuildOptions.apply(request, build, text -> progress.on(new Progress.Warning(text)));
    Supplier<Session> session = () -> sessions.await(request.session());
    try (SessionLender lender = new SessionLender(session)) {
      return build
          .lender(lender)
          .credentials(new SessionCredentials(session))
          .progress(progress)
          .execute();
    }
  }
}
