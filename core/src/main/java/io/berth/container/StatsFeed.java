package io.berth.container;

import io.berth.api.Stats;
import io.berth.internal.PollingFeed;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Measures at intervals, as long as the container runs. */
final class StatsFeed implements PollingFeed.Source<Stats> {
  private final Supplier<Optional<Stats>> measure;
  private final long interval;
  private long due = System.nanoTime();
  private boolean over;

  /**
   * @param measure empty when it does not run
   */
  StatsFeed(Supplier<Optional<Stats>> measure, Duration interval) {
    this.measure = measure;
    this.interval = interval.toNanos();
  }

  @Override
  public Optional<Stats> poll() {
    if (System.nanoTime() - due < 0) {
      return Optional.empty();
    }
    due = System.nanoTime() + interval;
    Optional<Stats> now = measure.get();
    over = now.isEmpty();
    return now;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    // Nothing is held between two measurements.
  }
}
