package io.berth.internal;

import io.berth.api.Feed;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A feed of a source that has to be asked: often while things come, some times a second else. */
public final class PollingFeed<T> implements Feed<T> {
  private static final long MOST_PAUSE_MILLIS = 50;

  /** Where things come from; asked by one thread at a time. */
  public interface Source<T> extends AutoCloseable {
    /** The next, if it is there now. */
    Optional<T> poll();

    /** Whether nothing comes any more but what {@link #poll} has yet to give. */
    boolean isOver();

    @Override
    void close();
  }

  private final Source<T> source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private volatile boolean closed;
  private boolean over;

  public PollingFeed(Source<T> source) {
    this.source = source;
  }

  @Override
  public Optional<T> next() {
    lock.lock();
    try {
      for (long pause = 1; !closed && !over; pause = Math.min(2 * pause, MOST_PAUSE_MILLIS)) {
        // Asked first: what comes until the end is then seen.
        boolean last = source.isOver();
        Optional<T> next = source.poll();
        if (next.isPresent()) {
          return next;
        }
        over = last;
        if (!over) {
          closing.await(pause, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    boolean first = !closed;
    closed = true;
    lock.lock();
    try {
      closing.signalAll();
      if (first) {
        source.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
