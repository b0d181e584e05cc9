package io.berth.event;

import java.util.Map;

/** Where the services write down what happens. */
public interface EventLog {
  /**
   * Adds an event of this moment; what cannot be written is lost, and nothing fails for it.
   *
   * @param type as in {@link io.berth.api.Event}
   * @param id of what it happened to
   */
  void append(String type, String action, String id, Map<String, String> attributes);

  /** A log that keeps nothing. */
  static EventLog none() {
    return (type, action, id, attributes) -> {};
  }
}
