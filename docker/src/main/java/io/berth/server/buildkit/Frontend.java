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
  private final Uploads uploads;

  Frontend(Engine engine, Sessions sessions, Uploads uploads) {
    this.uploads = uploads;
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
      return answer(job, request);
    }
    Instant begun = job.clock().instant();
    BuildSources sources = new BuildSources(engine, sessions, uploads, job, request);
    Image image;
    try {
      image = build(job, request, sources.begin());
    } catch (RuntimeException e) {
      throw sources.text().map(text -> text.locate(e)).orElse(e);
    }
    boolean own = image.tags().isEmpty() && !image.created().isBefore(begun);
    return new Solved(Optional.of(image), Map.of(), severalPlatforms(request), own);
  }

  /** A question about a Dockerfile. */
  private Solved answer(Job job, SolveRequest request) {
    String asked = request.attributes().get("requestid");
    if (!asked.equals(LintResult.REQUEST)) {
      throw new GrpcException(
          Code.UNIMPLEMENTED,
          "Berth does not answer " + asked + ": of --call it knows check alone");
    }
    BuildSources sources = new BuildSources(engine, sessions, uploads, job, request);
    try {
      sources.begin();
    } catch (RuntimeException e) {
      throw sources.text().map(text -> text.locate(e)).orElse(e);
    }
    SourceText text =
        sources
            .text()
            .orElseThrow(
                () ->
                    new GrpcException(
                        Code.UNIMPLEMENTED, "Berth checks Dockerfiles of the client alone"));
    return new Solved(
        Optional.empty(),
        new LintResult(text, text.parse().allWarnings()).metadata(),
        false,
        false);
  }

  private static boolean severalPlatforms(SolveRequest request) {
    return request.attributes().getOrDefault("platform", "").contains(",");
  }

  private Image build(Job job, SolveRequest request, BuildRequest build) {
    StepVertices progress = job.steps();
    if (severalPlatforms(request)) {
      // Names are for all of them together, so they are given as the images are made.
      request.exporters().stream().flatMap(Exporters::stored).forEach(build::tag);
    }
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
