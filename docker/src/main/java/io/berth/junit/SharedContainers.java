package io.berth.junit;

import io.berth.api.Container;
import io.berth.api.Engine;
import java.util.Map;

/**
 * The containers of the static fields that one class declares. Classes that inherit the fields have
 * the same containers while they run side by side: a static field is one for all of them.
 */
final class SharedContainers {
  private StartedContainers started;
  private Map<String, Container> containers = Map.of();
  private int users;

  /** Starts them unless another class has done so; each call needs one of {@link #release}. */
  synchronized Map<String, Container> acquire(Engine engine, Fields fields) {
    if (users == 0) {
      StartedContainers fresh = new StartedContainers(engine);
      try {
        containers = fresh.start(fields);
      } catch (RuntimeException e) {
        fresh.close();
        throw e;
      }
      started = fresh;
    }
    users++;
    return containers;
  }

  /** Removes them when nobody is left who uses them. */
  synchronized void release() {
    users--;
    if (users == 0) {
      started.close();
    }
  }
}
