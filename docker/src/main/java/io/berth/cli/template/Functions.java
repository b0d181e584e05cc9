package io.berth.cli.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The functions of Go's templates and those that docker adds to them. */
final class Functions {
  static final Set<String> NAMES =
      Set.of(
          "and",
          "or",
          "not",
          "eq",
          "ne",
          "lt",
          "le",
          "gt",
          "ge",
          "len",
          "index",
          "slice",
          "print",
          "printf",
          "println",
          "json",
          "join",
          "split",
          "lower",
          "upper",
          "title",
          "pad",
          "truncate");

  // Never reconfigured, and thread-safe then. Go writes the keys of a map in their order.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private Functions() {}

  /** A function that was given what it does not take. */
  static final class Misuse extends Exception {
    private static final long serialVersionUID = 1L;

    Misuse(String message) {
      super(message);
    }
  }

  static Object call(String name, List<Object> args) throws Misuse {
    return switch (name) {
      // What decides has been found before: this is the last of them.
      case "and", "or" -> args.get(count(name, args, 1, Integer.MAX_VALUE) - 1);
      case "not" -> !GoText.truth(only(name, args));
      case "eq" -> equal(name, args);
      case "ne" -> {
        count(name, args, 2, 2);
        yield !same(args.get(0), args.get(1));
      }
      case "lt" -> compare(name, args) < 0;
      case "le" -> compare(name, args) <= 0;
      case "gt" -> compare(name, args) > 0;
      case "ge" -> compare(name, args) >= 0;
      case "len" -> (long) length(only(name, args));
      case "index" -> index(args);
      case "slice" -> slice(args);
      case "print" -> print(args);
      case "println" -> args.stream().map(GoText::of).collect(Collectors.joining(" ", "", "\n"));
      case "printf" -> {
        count(name, args, 1, Integer.MAX_VALUE);
        yield GoFormat.format(GoText.of(args.get(0)), args.subList(1, args.size()));
      }
      case "json" -> json(only(name, args));
      case "join" -> {
        count(name, args, 2, 2);
        yield list(args.get(0)).stream()
            .map(GoText::of)
            .collect(Collectors.joining(GoText.of(args.get(1))));
      }
      case "split" -> {
        count(name, args, 2, 2);
        yield Arrays.<Object>asList(
            (Object[]) GoText.of(args.get(0)).split(quote(args.get(1)), -1));
      }
      case "lower" -> GoText.of(only(name, args)).toLowerCase(Locale.ROOT);
      case "upper" -> GoText.of(only(name, args)).toUpperCase(Locale.ROOT);
      case "title" -> title(GoText.of(only(name, args)));
      case "pad" -> pad(args);
      case "truncate" -> {
        count(name, args, 2, 2);
        String text = GoText.of(args.get(0));
        yield text.substring(0, Math.min(text.length(), number(args.get(1))));
      }
      default -> throw new Misuse("no such function");
    };
  }

  private static String json(Object value) throws Misuse {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new Misuse("cannot be written as JSON: " + e.getOriginalMessage());
    }
  }

  private static boolean equal(String name, List<Object> args) throws Misuse {
    count(name, args, 2, Integer.MAX_VALUE);
    return args.subList(1, args.size()).stream().anyMatch(a -> same(args.get(0), a));
  }

  private static boolean same(Object a, Object b) {
    return a instanceof Number m && b instanceof Number n
        ? m.doubleValue() == n.doubleValue()
        : Objects.equals(a, b);
  }

  private static int compare(String name, List<Object> args) throws Misuse {
    count(name, args, 2, 2);
    if (args.get(0) instanceof Number a && args.get(1) instanceof Number b) {
      return Double.compare(a.doubleValue(), b.doubleValue());
    }
    if (args.get(0) instanceof String a && args.get(1) instanceof String b) {
      return a.compareTo(b);
    }
    throw new Misuse("incompatible types for comparison");
  }

  private static int length(Object value) throws Misuse {
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    if (value instanceof String text) {
      return text.length();
    }
    throw new Misuse("error calling len: len of " + GoText.of(value));
  }

  private static Object index(List<Object> args) throws Misuse {
    count("index", args, 1, Integer.MAX_VALUE);
    Object value = args.get(0);
    for (Object key : args.subList(1, args.size())) {
      if (value instanceof Map<?, ?> map) {
        // Go gives the zero value of the map's elements, which prints as nothing for strings.
        value = map.containsKey(key) ? map.get(key) : "";
      } else if (value instanceof List<?> list) {
        int at = number(key);
        if (at < 0 || at >= list.size()) {
          throw new Misuse("error calling index: index out of range: " + at);
        }
        value = list.get(at);
      } else {
        throw new Misuse("error calling index: can't index item of " + GoText.of(value));
      }
    }
    return value;
  }

  private static Object slice(List<Object> args) throws Misuse {
    count("slice", args, 1, 3);
    Object value = args.get(0);
    int end = args.size() > 2 ? number(args.get(2)) : length(value);
    int start = args.size() > 1 ? number(args.get(1)) : 0;
    if (start < 0 || end < start || end > length(value)) {
      throw new Misuse("error calling slice: index out of range: " + end);
    }
    return value instanceof String text
        ? text.substring(start, end)
        : list(value).subList(start, end);
  }

  /** Go's Sprint: a space only between two operands of which neither is a string. */
  private static String print(List<Object> args) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < args.size(); i++) {
      if (i > 0 && !(args.get(i) instanceof String) && !(args.get(i - 1) instanceof String)) {
        out.append(' ');
      }
      out.append(GoText.of(args.get(i)));
    }
    return out.toString();
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (char c : text.toCharArray()) {
      out.append(first ? Character.toTitleCase(c) : c);
      first = Character.isWhitespace(c);
    }
    return out.toString();
  }

  private static String pad(List<Object> args) throws Misuse {
    count("pad", args, 3, 3);
    String text = GoText.of(args.get(0));
    return text.isEmpty()
        ? text
        : " ".repeat(number(args.get(1))) + text + " ".repeat(number(args.get(2)));
  }

  private static String quote(Object separator) {
    return java.util.regex.Pattern.quote(GoText.of(separator));
  }

  private static List<Object> list(Object value) throws Misuse {
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    throw new Misuse("expected a list, found " + GoText.of(value));
  }

  private static int number(Object value) throws Misuse {
    if (value instanceof Long number
        && number >= Integer.MIN_VALUE
        && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw new Misuse("expected a number, found " + GoText.of(value));
  }

  private static Object only(String name, List<Object> args) throws Misuse {
    count(name, args, 1, 1);
    return args.get(0);
  }

  private static int count(String name, List<Object> args, int least, int most) throws Misuse {
    if (args.size() < least || args.size() > most) {
      throw new Misuse(
          "wrong number of args for " + name + ": want " + least + " got " + args.size());
    }
    return args.size();
  }
}
