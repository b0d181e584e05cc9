package io.berth.cli;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What {@code --filter KEY=VALUE} lets through: of one key any value, of several keys all, of
 * labels all.
 *
 * @param <T> what is chosen from
 */
final class Selection<T> {
  private final Map<String, List<String>> wanted = new LinkedHashMap<>();
  private final Map<String, BiPredicate<T, String>> tests = new LinkedHashMap<>();

  private Selection() {}

  static <T> Selection<T> of(List<String> filters) {
    Selection<T> selection = new Selection<>();
    selection.wanted.putAll(parse(filters));
    return selection;
  }

  /** The values by their keys. */
  static Map<String, List<String>> parse(List<String> filters) {
    Map<String, List<String>> wanted = new LinkedHashMap<>();
    for (String filter : filters) {
      Assignment parts = Assignment.of("filter", filter);
      wanted.computeIfAbsent(parts.name(), name -> new ArrayList<>()).add(parts.value());
    }
    return wanted;
  }

  Selection<T> is(String key, BiPredicate<T, String> test) {
    tests.put(key, test);
    return this;
  }

  /** The whole of a text. */
  Selection<T> text(String key, Function<T, String> text) {
    return is(key, (item, value) -> text.apply(item).equals(value));
  }

  /** A part of a text. */
  Selection<T> part(String key, Function<T, String> text) {
    return is(key, (item, value) -> text.apply(item).contains(value));
  }

  /** {@code label=NAME} or {@code label=NAME=VALUE}. */
  Selection<T> labels(Function<T, Map<String, String>> labels) {
    return is(
        "label",
        (item, value) -> {
          Map<String, String> has = labels.apply(item);
          int equals = value.indexOf('=');
          return equals < 0
              ? has.containsKey(value)
              : value.substring(equals + 1).equals(has.get(value.substring(0, equals)));
        });
  }

  /**
   * @throws InvalidInputException when a filter has no such key
   */
  List<T> from(List<T> items) {
    for (String key : wanted.keySet()) {
      if (!tests.containsKey(key)) {
        throw new InvalidInputException(
            "invalid filter '" + key + "': expected one of " + String.join(", ", tests.keySet()));
      }
    }
    return items.stream().filter(this::matches).toList();
  }

  private boolean matches(T item) {
    return wanted.entrySet().stream()
        .allMatch(
            e -> {
              BiPredicate<T, String> test = tests.get(e.getKey());
              return e.getKey().equals("label")
                  ? e.getValue().stream().allMatch(v -> test.test(item, v))
                  : e.getValue().stream().anyMatch(v -> test.test(item, v));
            });
  }
}
