package io.berth.oci;

import com.fasterxml.jackson.databind.node.TextNode;
import io.berth.json.JsonReader;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Immutable copies whose iteration order depends on nothing but the content. */
final class Values {
  private Values() {}

  static Map<String, String> copy(Map<String, String> map) {
    TreeMap<String, String> copy = new TreeMap<>(map);
    copy.values().forEach(Objects::requireNonNull);
    return Collections.unmodifiableSortedMap(copy);
  }

  static SortedSet<String> copy(Collection<String> set) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }

  /** Reads a set written as Go does: an object whose values mean nothing. */
  static SortedSet<String> readSet(JsonReader json, String field) {
    return copy(json.map(field, value -> "").keySet());
  }

  static Digest digest(JsonReader json) {
    return json.as("a digest", Digest::parse);
  }

  static TextNode textNode(Digest digest) {
    return TextNode.valueOf(digest.toString());
  }
}
