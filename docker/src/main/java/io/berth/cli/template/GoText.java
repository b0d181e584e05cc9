package io.berth.cli.template;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How Go prints values, and which of them are true. */
final class GoText {
  private GoText() {}

  /** As {@code %v} prints it. */
  static String of(Object value) {
    if (value == null) {
      return "<nil>";
    }
    if (value instanceof Map<?, ?> map) {
      return new TreeMap<Object, Object>(map)
          .entrySet().stream()
              .map(e -> of(e.getKey()) + ":" + of(e.getValue()))
              .collect(Collectors.joining(" ", "map[", "]"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(GoText::of).collect(Collectors.joining(" ", "[", "]"));
    }
    if (value instanceof Double number) {
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? String.valueOf(number.longValue())
          : String.valueOf(number);
    }
    return String.valueOf(value);
  }

  /** Whether it is neither false, zero, nil nor empty. */
  static boolean truth(Object value) {
    if (value instanceof Boolean b) {
      return b;
    }
    if (value instanceof Number n) {
      return n.doubleValue() != 0;
    }
    if (value instanceof String s) {
      return !s.isEmpty();
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return value != null;
  }
}
