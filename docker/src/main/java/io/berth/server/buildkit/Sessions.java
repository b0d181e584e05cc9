package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcClient;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sessions that clients have open. Thread-safe. */
final class Sessions {
  /** A client opens its session beside its first request, so it may come a little later. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<String, Session> open = new HashMap<>();

  synchronized boolean has(String id) {
    return open.containsKey(id);
  }

  /** Keeps a session until its connection is closed. */
  void add(String id, List<String> methods, GrpcClient client) {
    Session session = new Session(id, methods, client);
    synchronized (this) {
      open.put(id, session);
      notifyAll();
    }
    client.onClose(() -> remove(session));
  }

  private synchronized void remove(Session session) {
    open.remove(session.id(), session);
    notifyAll();
  }

  /**
   * The session of this id, waiting for it to come.
   *
   * @param id may have a prefix that ends with a colon
   */
  synchronized Session await(String id) {
    String name = id.substring(id.indexOf(':') + 1);
    if (name.isEmpty()) {
      throw new GrpcException(Code.INVALID_ARGUMENT, "the build has no session");
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!open.containsKey(name)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new GrpcException(
            Code.NOT_FOUND,
            "no active session for " + name + ": the client has opened none, or closed it");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GrpcException(Code.CANCELLED, "the build was cancelled", List.of(), e);
      }
    }
    return open.get(name);
  }
}
