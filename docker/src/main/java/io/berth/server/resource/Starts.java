package io.berth.server.resource;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells those who wait for a container's start that a client of this server has started it. */
final class Starts {
  private final ConcurrentHashMap<String, Set<CountDownLatch>> waiting = new ConcurrentHashMap<>();

  /** A start that is waited for; closed when it no longer is. */
  final class Ticket implements AutoCloseable {
    private final String id;
    private final CountDownLatch latch = new CountDownLatch(1);

    private Ticket(String id) {
      this.id = id;
    }

    /** Whether it has been started; waits for a moment at most, for others may start it too. */
    boolean await(long millis) throws InterruptedException {
      return latch.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      waiting.computeIfPresent(
          id,
          (key, latches) -> {
            latches.remove(latch);
            return latches.isEmpty() ? null : latches;
          });
    }
  }

  Ticket expect(String id) {
    Ticket ticket = new Ticket(id);
    waiting.compute(
        id,
        (key, latches) -> {
          Set<CountDownLatch> all = latches == null ? ConcurrentHashMap.newKeySet() : latches;
          all.add(ticket.latch);
          return all;
        });
    return ticket;
  }

  /** It has been started, or could not be. */
  void happened(String id) {
    waiting.getOrDefault(id, Set.of()).forEach(CountDownLatch::countDown);
  }
}
