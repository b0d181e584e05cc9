package io.berth.remote.container;

import io.berth.api.Stats;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.StreamFeed;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Measures again and again, until the container has ended. */
final class StatsSource implements StreamFeed.Source<Stats> {
  private final Api api;
  private final String path;
  private final Duration interval;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean begun;

  StatsSource(Api api, String path, Duration interval) {
    this.api = api;
    this.path = path;
    this.interval = interval;
  }

  @Override
  public Optional<Stats> next() {
    try {
      if (begun && closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
      begun = true;
      return StatsDocuments.measure(api, path);
    } catch (NotFoundException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
