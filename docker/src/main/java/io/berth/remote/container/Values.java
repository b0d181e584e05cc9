package io.berth.remote.container;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What documents leave out or say in several ways. */
final class Values {
  private Values() {}

  static String of(String text) {
    return text == null ? "" : text;
  }

  static <T> List<T> of(List<T> list) {
    return list == null ? List.of() : list;
  }

  static <K, V> Map<K, V> of(Map<K, V> map) {
    return map == null ? Map.of() : map;
  }

  static Optional<String> text(String text) {
    return Optional.ofNullable(text).filter(t -> !t.isEmpty());
  }

  /** Empty for Go's zero time. */
  static Optional<Instant> time(String text) {
    if (text == null || text.isEmpty() || text.startsWith("0001-")) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  static <T> List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }
}
