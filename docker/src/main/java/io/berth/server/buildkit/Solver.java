package io.berth.server.buildkit;

import java.util.Map;
import java.util.Optional;

/** Takes jobs from what a client asks to where it wants the result. */
final class Solver {
  private final Frontend frontend;
  private final Exporters exporters;

  Solver(Frontend frontend, Exporters exporters) {
    this.frontend = frontend;
    this.exporters = exporters;
  }

  /**
   * Does a job that has begun. Where it names no frontend, the client does so in further calls.
   *
   * @return what the exporters tell
   */
  Map<String, String> solve(Job job) throws Exception {
    SolveRequest request = job.request();
    Optional<Solved> solved =
        request.frontend().isEmpty()
            ? job.awaitReturn()
            : Optional.of(job.work(() -> frontend.solve(job, request)));
    return solved.isEmpty() ? Map.of() : job.work(() -> exporters.export(job, solved.get()));
  }
}
