package io.berth.server.resource;

import java.util.function.Supplier;

/** Makes something once, when it is first asked for. Thread-safe. */
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> source;
  private T value;

  Lazy(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public synchronized T get() {
    if (value == null) {
      value = source.get();
    }
    return value;
  }
}
