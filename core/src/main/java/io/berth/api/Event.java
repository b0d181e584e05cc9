package io.berth.api;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a container, an image, a network or a volume, as Docker names it.
 *
 * @param type {@code container}, {@code image}, {@code network}, {@code volume}, {@code builder} or
 *     {@code daemon}
 * @param action such as {@code start} or {@code health_status: healthy}
 * @param id of what it happened to
 * @param attributes more of it, such as {@code name}, {@code image} and its labels
 */
public record Event(
    String type, String action, String id, Map<String, String> attributes, Instant time) {
  public Event {
    attributes = Map.copyOf(attributes);
  }
}
