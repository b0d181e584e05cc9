package io.berth.server.resource;

import io.berth.api.Exec;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ExecBody;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The processes that clients have asked for in containers; the API makes and starts them in two
 * steps. One that has ended is forgotten after a while.
 */
final class ExecStore {
  private static final Duration KEPT = Duration.ofMinutes(5);

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  ExecStore(Clock clock) {
    this.clock = clock;
  }

  /** One process, from the request to its end. */
  final class Entry {
    private final String id;
    private final String containerId;
    private final ExecBody body;
    private Optional<Exec> exec = Optional.empty();
    private OptionalInt failure = OptionalInt.empty();
    private boolean started;
    private Instant touched;

    private Entry(String id, String containerId, ExecBody body) {
      this.id = id;
      this.containerId = containerId;
      this.body = body;
      this.touched = clock.instant();
    }

    String id() {
      return id;
    }

    String containerId() {
      return containerId;
    }

    ExecBody body() {
      return body;
    }

    /** Claims the start, which happens once. */
    synchronized void begin() {
      if (started) {
        throw HttpError.conflict("Error: Exec command " + id + " is already running");
      }
      started = true;
    }

    synchronized boolean wasStarted() {
      return started;
    }

    synchronized void running(Exec process) {
      exec = Optional.of(process);
      touched = clock.instant();
    }

    synchronized void failed(int exitCode) {
      failure = OptionalInt.of(exitCode);
      touched = clock.instant();
    }

    synchronized Optional<Exec> exec() {
      return exec;
    }

    synchronized boolean isRunning() {
      return exec.isPresent() && exec.get().exitCode().isEmpty();
    }

    synchronized Optional<Integer> exitCode() {
      return failure.isPresent() ? Optional.of(failure.getAsInt()) : exec.flatMap(Exec::exitCode);
    }

    private synchronized boolean isOver(Instant before) {
      return !isRunning() && touched.isBefore(before);
    }
  }

  Entry add(String containerId, ExecBody body) {
    Instant before = clock.instant().minus(KEPT);
    entries.values().removeIf(e -> e.isOver(before));
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    Entry entry = new Entry(id, containerId, body);
    entries.put(id, entry);
    return entry;
  }

  Entry get(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw HttpError.notFound("No such exec instance: " + id);
    }
    return entry;
  }

  /** The ids of those that run in a container. */
  List<String> of(String containerId) {
    return entries.values().stream()
        .filter(e -> e.containerId().equals(containerId) && e.isRunning())
        .map(Entry::id)
        .toList();
  }
}
