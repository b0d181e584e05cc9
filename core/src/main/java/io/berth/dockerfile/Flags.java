package io.berth.dockerfile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code --name=value} words between a keyword and its arguments.
 *
 * @param repeated a name that was given more than once
 * @param rest what follows them
 * @param restOffset where that begins in the instruction's text
 */
record Flags(
    Map<String, String> values,
    Map<String, Integer> offsets,
    Optional<String> repeated,
    String rest,
    int restOffset) {

  /** Reads flags from an offset of an instruction's text on. */
  static Flags read(String text, int from, char escape) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> offsets = new LinkedHashMap<>();
    Optional<String> repeated = Optional.empty();
    int i = skipBlanks(text, from);
    while (text.startsWith("--", i)) {
      int end = Words.wordEnd(text, i, escape);
      String word = text.substring(i + 2, end);
      if (word.isEmpty()) {
        i = skipBlanks(text, end); // "--" alone ends the flags
        break;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (values.containsKey(name)) {
        repeated = Optional.of(name);
      }
      values.put(name, equals < 0 ? "" : word.substring(equals + 1));
      offsets.put(name, i);
      i = skipBlanks(text, end);
    }
    return new Flags(values, offsets, repeated, text.substring(i), i);
  }

  private static int skipBlanks(String text, int i) {
    int at = i;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }
}
