package io.berth.server.buildkit;

import io.berth.oci.Digest;
import io.berth.server.grpc.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A line of a build's display: a step, with what it writes and how far it is. Thread-safe. */
final class Vertex {
  /** As much of a step's output is told as BuildKit tells. */
  private static final long MOST_LOG = 2 << 20;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final StatusLog log;
  private final Clock clock;
  private final String name;
  private final String digest;
  private final Instant started;
  private final Map<String, Instant> statuses = new HashMap<>();
  private Instant told = Instant.EPOCH;
  private long logged;

  private Vertex(StatusLog log, Clock clock, String key, String name) {
    this.log = log;
    this.clock = clock;
    this.name = name;
    this.digest = Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).toString();
    this.started = clock.instant();
  }

  /**
   * @param key what no other vertex of any build has
   */
  static Vertex begin(StatusLog log, Clock clock, String key, String name) {
    Vertex vertex = new Vertex(log, clock, key, name);
    log.add(new ProtoWriter().message(1, vertex.message()));
    return vertex;
  }

  String digest() {
    return digest;
  }

  private ProtoWriter message() {
    return new ProtoWriter().text(1, digest).text(3, name).time(5, started);
  }

  void end(boolean cached) {
    log.add(new ProtoWriter().message(1, message().flag(4, cached).time(6, clock.instant())));
  }

  void fail(String error) {
    log.add(new ProtoWriter().message(1, message().time(6, clock.instant()).text(7, error)));
  }

  synchronized void output(boolean stderr, byte[] bytes) {
    byte[] text = bytes;
    if (logged > MOST_LOG) {
      return;
    }
    logged += bytes.length;
    if (logged > MOST_LOG) {
      text = "\n[output clipped, log limit 2MiB reached]\n".getBytes(StandardCharsets.US_ASCII);
    }
    log.add(
        new ProtoWriter()
            .message(
                3,
                new ProtoWriter()
                    .text(1, digest)
                    .time(2, clock.instant())
                    .number(3, stderr ? 2 : 1)
                    .bytes(4, text)));
  }

  /** How far a part of it is; told now and then only. */
  synchronized void at(String part, long current, long total) {
    Instant now = clock.instant();
    Instant begun = statuses.computeIfAbsent(part, p -> now);
    if (Duration.between(told, now).compareTo(PAUSE) < 0) {
      return;
    }
    told = now;
    log.add(new ProtoWriter().message(2, status(part, current, total, begun, now)));
  }

  /** A part of it is done. */
  synchronized void done(String part, long current) {
    Instant now = clock.instant();
    Instant begun = statuses.computeIfAbsent(part, p -> now);
    log.add(new ProtoWriter().message(2, status(part, current, current, begun, now).time(8, now)));
  }

  private ProtoWriter status(String part, long current, long total, Instant begun, Instant now) {
    return new ProtoWriter()
        .text(1, part)
        .text(2, digest)
        .text(3, part)
        .number(4, current)
        .number(5, total)
        .time(6, now)
        .time(7, begun);
  }
}
