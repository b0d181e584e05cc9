package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The jobs of clients, by their refs. Thread-safe. */
final class Jobs {
  /** The calls of a client for one job come on their own; some before the one that begins it. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int KEPT = 16;

  private final Map<String, Job> running = new HashMap<>();

  /** Those that ended last, for a client that asks late what happened. */
  private final Map<String, Job> ended =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Job> eldest) {
          return size() > KEPT;
        }
      };

  synchronized void begin(Job job) {
    String ref = job.request().ref();
    if (ref.isEmpty() || running.containsKey(ref) || ended.containsKey(ref)) {
      throw new GrpcException(Code.ALREADY_EXISTS, "job ID " + ref + " exists already");
    }
    running.put(ref, job);
    notifyAll();
  }

  synchronized void end(Job job) {
    running.remove(job.request().ref());
    ended.put(job.request().ref(), job);
    job.log().end();
  }

  /** The job of this ref, waiting for it to begin. */
  synchronized Job await(String ref) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!running.containsKey(ref)) {
      if (ended.containsKey(ref)) {
        return ended.get(ref);
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new GrpcException(Code.NOT_FOUND, "no such job " + ref);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GrpcException(Code.CANCELLED, "the build was cancelled", List.of(), e);
      }
    }
    return running.get(ref);
  }

  synchronized void cancel(String ref) {
    Optional.ofNullable(running.get(ref)).ifPresent(Job::cancel);
  }

  /** Cancels all that use a session. */
  synchronized void cancelOf(String session) {
    running.values().stream()
        .filter(job -> job.request().session().equals(session))
        .forEach(Job::cancel);
  }
}
