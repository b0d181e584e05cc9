package io.berth.api;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Things that come one after another and may go on: lines of a log, events, measurements. It may be
 * read by one thread and closed by another, which wakes the reader.
 *
 * <pre>{@code
 * try (Feed<Event> feed = berth.events().read().filter("type", "container").follow()) {
 *   feed.forEach(event -> System.out.println(event.action()));
 * }
 * }</pre>
 */
public interface Feed<T> extends AutoCloseable {
  /**
   * Waits for the next; empty at the end, once this is closed, or when the thread is interrupted.
   */
  Optional<T> next();

  /** Passes on everything until the end. */
  default void forEach(Consumer<? super T> action) {
    for (Optional<T> one = next(); one.isPresent(); one = next()) {
      action.accept(one.get());
    }
  }

  @Override
  void close();
}
