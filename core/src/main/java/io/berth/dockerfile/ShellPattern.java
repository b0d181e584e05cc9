package io.berth.dockerfile;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shell pattern with {@code *}, {@code ?} and {@code \}, for {@code ${v#p}} and its kin. */
final class ShellPattern {
  private final String greedy;
  private final String lazy;

  private ShellPattern(String greedy, String lazy) {
    this.greedy = greedy;
    this.lazy = lazy;
  }

  static ShellPattern of(String text) {
    StringBuilder greedy = new StringBuilder();
    StringBuilder lazy = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i);
      } else if (c == '*') {
        greedy.append(".*");
        lazy.append(".*?");
        continue;
      } else if (c == '?') {
        greedy.append('.');
        lazy.append('.');
        continue;
      }
      String literal = Pattern.quote(String.valueOf(c));
      greedy.append(literal);
      lazy.append(literal);
    }
    return new ShellPattern(greedy.toString(), lazy.toString());
  }

  private static Pattern compile(String regex) {
    return Pattern.compile(regex, Pattern.DOTALL);
  }

  /** Takes the shortest or longest match off the beginning or the end. */
  String strip(String value, boolean front, boolean longest) {
    if (front) {
      Matcher m = compile(longest ? greedy : lazy).matcher(value);
      return m.lookingAt() ? value.substring(m.end()) : value;
    }
    Pattern whole = compile(greedy);
    int from = longest ? 0 : value.length();
    int step = longest ? 1 : -1;
    for (int i = from; i >= 0 && i <= value.length(); i += step) {
      if (whole.matcher(value.substring(i)).matches()) {
        return value.substring(0, i);
      }
    }
    return value;
  }

  String replace(String value, String replacement, boolean all) {
    Matcher m = compile(greedy).matcher(value);
    String literal = Matcher.quoteReplacement(replacement);
    return greedy.isEmpty() ? value : all ? m.replaceAll(literal) : m.replaceFirst(literal);
  }
}
