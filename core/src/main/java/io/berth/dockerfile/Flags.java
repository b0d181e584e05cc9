package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The {@code --name=value} words between a keyword and its arguments, with their quotes.
 *
 * @param all in order
 * @param rest what follows them
 * @param restOffset where that begins in the instruction's text
 */
record Flags(List<Flag> all, String rest, int restOffset) {

  /**
   * One of them.
   *
   * @param value empty when there is no equals sign
   * @param offset where it begins in the instruction's text
   */
  record Flag(String name, Optional<String> value, int offset) {}

  Flags {
    all = List.copyOf(all);
  }

  /** Reads flags from an offset of an instruction's text on. */
  static Flags read(String text, int from, char escape) {
    List<Flag> all = new ArrayList<>();
    int i = skipBlanks(text, from);
    while (text.startsWith("--", i)) {
      int end = Words.wordEnd(text, i, escape);
      String word = text.substring(i + 2, end);
      if (word.isEmpty()) {
        i = skipBlanks(text, end); // "--" alone ends the flags
        break;
      }
      int equals = word.indexOf('=');
      all.add(
          new Flag(
              equals < 0 ? word : word.substring(0, equals),
              equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1)),
              i));
      i = skipBlanks(text, end);
    }
    return new Flags(all, text.substring(i), i);
  }

  private static int skipBlanks(String text, int i) {
    int at = i;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  Optional<String> get(String name) {
    return all.stream().filter(f -> f.name().equals(name)).findFirst().flatMap(Flag::value);
  }

  List<String> values(String name) {
    return all.stream()
        .filter(f -> f.name().equals(name))
        .flatMap(f -> f.value().stream())
        .toList();
  }

  /** Whether a switch is given, and not as false. */
  Optional<Boolean> is(String name) {
    return all.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .map(f -> !f.value().orElse("true").equals("false"));
  }

  OptionalInt offset(String name) {
    return all.stream().filter(f -> f.name().equals(name)).mapToInt(Flag::offset).findFirst();
  }

  /** Names and values, each name once. */
  Map<String, String> map() {
    Map<String, String> map = new LinkedHashMap<>();
    all.forEach(f -> map.put(f.name(), f.value().orElse("")));
    return map;
  }
}
