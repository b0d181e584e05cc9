package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Splits the arguments of an instruction into words, which keep their quotes and escapes. */
final class Words {
  private Words() {}

  /** At blanks, except those in quotes or behind an escape character. */
  static List<String> split(String text, char escape) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (Character.isWhitespace(text.charAt(i))) {
        i++;
        continue;
      }
      int end = wordEnd(text, i, escape);
      words.add(text.substring(i, end));
      i = end;
    }
    return words;
  }

  /** Where the word that begins at an index ends. A quote that is not closed goes to the end. */
  static int wordEnd(String text, int start, char escape) {
    char quote = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == escape && quote != '\'') {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (Character.isWhitespace(c)) {
        return i;
      }
    }
    return text.length();
  }

  /** The first {@code =} of a word that is not in quotes, or -1. */
  static int equalsSign(String word, char escape) {
    char quote = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == escape && quote != '\'') {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '=') {
        return i;
      }
    }
    return -1;
  }
}
