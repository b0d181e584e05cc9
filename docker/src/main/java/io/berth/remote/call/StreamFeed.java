package io.berth.remote.call;

import io.berth.api.Feed;
import io.berth.error.BerthException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A feed of what a thread of its own reads from a connection. A slow reader holds the engine back,
 * since only a few things wait here.
 */
public final class StreamFeed<T> implements Feed<T> {
  private static final int WAITING = 64;

  /** Where things come from: read by one thread, closed by any, which ends the read. */
  public interface Source<T> extends AutoCloseable {
    /** Waits for the next; empty at the end. */
    Optional<T> next();

    @Override
    void close();
  }

  /** One of the three: a thing, an error, or neither at the end. */
  private record Item<T>(Optional<T> thing, Optional<BerthException> error) {}

  private final Source<T> source;
  private final BlockingQueue<Item<T>> items = new ArrayBlockingQueue<>(WAITING);
  private volatile boolean closed;
  private volatile boolean over;

  public StreamFeed(String name, Source<T> source) {
    this.source = source;
    Thread reader = new Thread(this::read, "berth-remote-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    Item<T> last = new Item<>(Optional.empty(), Optional.empty());
    try {
      for (Optional<T> one = source.next(); one.isPresent(); one = source.next()) {
        if (!put(new Item<>(one, Optional.empty()))) {
          return;
        }
      }
    } catch (BerthException e) {
      last = new Item<>(Optional.empty(), Optional.of(e));
    } finally {
      put(last);
      source.close();
    }
  }

  private boolean put(Item<T> item) {
    try {
      items.put(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !closed;
  }

  @Override
  public Optional<T> next() {
    if (closed || over) {
      return Optional.empty();
    }
    Item<T> item;
    try {
      item = items.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    if (closed) {
      return Optional.empty();
    }
    over = item.thing().isEmpty();
    if (item.error().isPresent()) {
      throw item.error().get();
    }
    return item.thing();
  }

  @Override
  public void close() {
    closed = true;
    source.close();
    // Wakes the one who waits for a place, and the one who waits for a thing.
    items.clear();
    items.offer(new Item<>(Optional.empty(), Optional.empty()));
  }
}
