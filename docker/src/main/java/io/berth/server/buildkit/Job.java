package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** One solve of a client: what it told, what it came to. Thread-safe. */
final class Job {
  private final SolveRequest request;
  private final Clock clock;
  private final StatusLog log = new StatusLog();
  private final Map<String, Solved> results = new HashMap<>();
  private final Set<Thread> working = new HashSet<>();
  private Optional<Optional<Solved>> returned = Optional.empty();
  private Optional<GrpcException> failure = Optional.empty();
  private int vertices;

  Job(SolveRequest request, Clock clock) {
    this.request = request;
    this.clock = clock;
  }

  SolveRequest request() {
    return request;
  }

  Clock clock() {
    return clock;
  }

  StatusLog log() {
    return log;
  }

  /** A line of the display. */
  Vertex vertex(String name) {
    int number;
    synchronized (this) {
      number = vertices++;
    }
    return vertex("part " + number, name);
  }

  Vertex vertex(String key, String name) {
    return Vertex.begin(log, clock, request.ref() + " " + key, name);
  }

  /** The steps of one build. */
  StepVertices steps() {
    int number;
    synchronized (this) {
      number = vertices++;
    }
    return new StepVertices(log, (key, name) -> vertex("build " + number + " " + key, name));
  }

  // ---- Results ----------------------------------------------------------------------------------

  /** Keeps a result, and gives its id. */
  synchronized String keep(Solved solved) {
    String id = request.ref() + "-" + results.size();
    results.put(id, solved);
    return id;
  }

  synchronized Solved result(String id) {
    return Optional.ofNullable(results.get(id))
        .orElseThrow(() -> new GrpcException(Code.NOT_FOUND, "no such result: " + id));
  }

  /** The client says what of the results is to be exported. */
  synchronized void put(Optional<Solved> result) {
    returned = Optional.of(result);
    notifyAll();
  }

  /** The client, or who else cancels the build, says why there is no result. */
  synchronized void fail(GrpcException why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
    }
    notifyAll();
  }

  /** What the client has returned, waiting for it. */
  synchronized Optional<Solved> awaitReturn() throws InterruptedException {
    while (returned.isEmpty() && failure.isEmpty()) {
      wait();
    }
    check();
    return returned.get();
  }

  private void check() {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  // ---- Work -------------------------------------------------------------------------------------

  /** Does something that ends when the job is cancelled. */
  <T> T work(Callable<T> work) throws Exception {
    synchronized (this) {
      check();
      working.add(Thread.currentThread());
    }
    try {
      return work.call();
    } catch (Exception e) {
      synchronized (this) {
        check();
      }
      throw e;
    } finally {
      synchronized (this) {
        working.remove(Thread.currentThread());
        // Whoever cancels does so under this lock: from here on the thread is another's.
        Thread.interrupted();
      }
    }
  }

  /** Ends all that is done for it; does not wait. */
  void cancel() {
    synchronized (this) {
      fail(new GrpcException(Code.CANCELLED, "the build was cancelled", List.of(), null));
      working.forEach(Thread::interrupt);
    }
  }
}
