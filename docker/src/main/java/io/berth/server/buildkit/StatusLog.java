package io.berth.server.buildkit;

import io.berth.server.grpc.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a build has told so far, for clients that follow it from its beginning to its end; each
 * entry is a StatusResponse. Thread-safe.
 */
final class StatusLog {
  private final List<ProtoWriter> entries = new ArrayList<>();
  private boolean ended;

  synchronized void add(ProtoWriter response) {
    if (!ended) {
      entries.add(response);
      notifyAll();
    }
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The entry of this number, waiting for it; empty when there will be none. */
  synchronized Optional<ProtoWriter> await(int index) throws InterruptedException {
    while (entries.size() <= index && !ended) {
      wait();
    }
    return index < entries.size() ? Optional.of(entries.get(index)) : Optional.empty();
  }
}
