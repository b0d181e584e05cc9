package io.berth.server.resource;

import java.util.List;
import java.util.Map;

/** What the wire leaves out, as empty; and what is empty, left out. */
final class Lists {
  private Lists() {}

  static <T> List<T> of(List<T> list) {
    return list == null ? List.of() : list;
  }

  static <V> Map<String, V> of(Map<String, V> map) {
    return map == null ? Map.of() : map;
  }

  static String of(String text) {
    return text == null ? "" : text;
  }

  /** Null for an empty list, as Go writes one that was never filled. */
  static <T> List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }
}
