package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses what follows ENV and LABEL: {@code A=b C=d}, or the old form {@code A b c} of one name.
 */
final class Pairs {
  private Pairs() {}

  /**
   * @throws IllegalArgumentException that says what was expected
   */
  static List<Pair> parse(String keyword, String text, char escape) {
    List<String> words = Words.split(text, escape);
    if (Words.equalsSign(words.get(0), escape) < 0) {
      int end = Words.wordEnd(text, 0, escape);
      String value = text.substring(end).strip();
      if (value.isEmpty()) {
        throw new IllegalArgumentException(
            "expected " + keyword + " NAME=VALUE, found only " + text);
      }
      return List.of(new Pair(words.get(0), oldValue(value, escape)));
    }
    List<Pair> pairs = new ArrayList<>();
    for (String word : words) {
      int equals = Words.equalsSign(word, escape);
      if (equals < 0) {
        throw new IllegalArgumentException(
            "expected NAME=VALUE, found " + word + "; a value with blanks needs quotes");
      }
      if (equals == 0) {
        throw new IllegalArgumentException("expected a name before =, found " + word);
      }
      pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
    }
    return pairs;
  }

  /** The value of the old form as one word: blanks outside of quotes are escaped. */
  private static String oldValue(String value, char escape) {
    StringBuilder word = new StringBuilder();
    int i = 0;
    while (i < value.length()) {
      int end = Words.wordEnd(value, i, escape);
      word.append(value, i, end);
      while (end < value.length() && Character.isWhitespace(value.charAt(end))) {
        word.append(escape).append(value.charAt(end++));
      }
      i = end;
    }
    return word.toString();
  }
}
