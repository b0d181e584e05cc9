package io.berth.server.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a JSON document is made of, without its values: the types at each place, all elements of an
 * array taken together.
 */
final class Shape {
  private static final Pattern ID = Pattern.compile("(sha256:)?[0-9a-f]{64}");

  private final TreeMap<String, TreeSet<String>> types = new TreeMap<>();

  private Shape() {}

  static Shape of(Collection<JsonNode> documents) {
    Shape shape = new Shape();
    documents.forEach(d -> shape.add("$", d));
    return shape;
  }

  private void add(String place, JsonNode node) {
    if (node.isObject()) {
      type(place, node.isEmpty() ? "{}" : "object");
      node.properties().forEach(p -> add(place + "." + key(p.getKey()), p.getValue()));
    } else if (node.isArray()) {
      type(place, node.isEmpty() ? "[]" : "array");
      node.forEach(element -> add(place + "[]", element));
    } else {
      type(place, node.isNull() ? "null" : node.isNumber() ? "number" : scalar(node));
    }
  }

  private static String scalar(JsonNode node) {
    return node.isBoolean() ? "boolean" : "string";
  }

  /** Names of keys that differ from run to run. */
  private static String key(String name) {
    return ID.matcher(name).matches() ? "<id>" : name.replace('.', '·');
  }

  private void type(String place, String type) {
    types.computeIfAbsent(place, p -> new TreeSet<>()).add(type);
  }

  /** One line for each place where another shape is not the same, without those below it. */
  List<String> differences(Shape other) {
    Map<String, String> found = new TreeMap<>();
    TreeSet<String> places = new TreeSet<>(types.keySet());
    places.addAll(other.types.keySet());
    for (String place : places) {
      if (!hasPrefixIn(place, found)) {
        difference(types.get(place), other.types.get(place))
            .ifPresent(d -> found.put(place, place + ": " + d));
      }
    }
    return List.copyOf(found.values());
  }

  private static boolean hasPrefixIn(String place, Map<String, String> found) {
    return found.keySet().stream()
        .anyMatch(p -> place.startsWith(p + ".") || place.startsWith(p + "[]"));
  }

  private static Optional<String> difference(TreeSet<String> theirs, TreeSet<String> ours) {
    if (theirs == null) {
      return Optional.of("only ours, " + ours);
    }
    if (ours == null) {
      return Optional.of("only dockerd's, " + theirs);
    }
    return theirs.equals(ours)
        ? Optional.empty()
        : Optional.of("dockerd " + theirs + ", ours " + ours);
  }
}
