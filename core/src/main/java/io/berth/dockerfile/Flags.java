package io.berth.dockerfile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code --name=value} words between a keyword and its arguments.
 *
 * @param rest what follows them
 * @param restOffset where that begins in the instruction's text
 */
record Flags(
    Map<String, String> values, Map<String, Integer> offsets, String rest, int restOffset) {

  /** Reads flags from an offset of an instruction's text on. */
  static Flags read(String text, int from, char escape) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> offsets = new LinkedHashMap<>();
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
      values.put(name, equals < 0 ? "" : word.substring(equals + 1));
      offsets.put(name, i);
      i = skipBlanks(text, end);
    }
    return new Flags(values, offsets, text.substring(i), i);
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
