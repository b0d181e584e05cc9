package io.berth.event;

import io.berth.api.Event;
import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Which events are wanted: of one key any value, of several keys all. */
final class EventFilter implements Predicate<Event> {
  private static final Set<String> NAMED =
      Set.of("container", "network", "volume", "daemon", "plugin", "service", "node", "secret");

  private final Map<String, List<String>> values = new TreeMap<>();

  EventFilter add(String key, String value) {
    if (!NAMED.contains(key) && !Set.of("image", "type", "event", "label", "scope").contains(key)) {
      throw new InvalidInputException(
          "Invalid filter \""
              + key
              + "\" of events: expected container, image, network, volume, type, event, label,"
              + " daemon or scope");
    }
    values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    return this;
  }

  @Override
  public boolean test(Event event) {
    return values.entrySet().stream()
        .allMatch(e -> e.getValue().stream().anyMatch(value -> matches(event, e.getKey(), value)));
  }

  private static boolean matches(Event event, String key, String value) {
    return switch (key) {
      case "type" -> event.type().equals(value);
      // "exec_create: sh" and "health_status: healthy" are meant by their first word as well.
      case "event" -> event.action().equals(value) || event.action().startsWith(value + ":");
      case "scope" -> value.equals("local");
      case "label" -> label(event.attributes(), value);
      case "image" -> image(event, value);
      default -> named(event, key, value);
    };
  }

  private static boolean label(Map<String, String> attributes, String value) {
    int equals = value.indexOf('=');
    return equals < 0
        ? attributes.containsKey(value)
        : value.substring(equals + 1).equals(attributes.get(value.substring(0, equals)));
  }

  private static boolean image(Event event, String value) {
    String name =
        event.attributes().getOrDefault(event.type().equals("image") ? "name" : "image", "");
    return event.id().equals(value)
        || name.equals(value)
        || withoutTag(event.id()).equals(value)
        || withoutTag(name).equals(value);
  }

  private static String withoutTag(String reference) {
    int colon = reference.lastIndexOf(':');
    return colon > reference.lastIndexOf('/') ? reference.substring(0, colon) : reference;
  }

  private static boolean named(Event event, String type, String value) {
    return event.type().equals(type)
        && (event.id().startsWith(value)
            || event.attributes().getOrDefault("name", "").startsWith(value));
  }
}
