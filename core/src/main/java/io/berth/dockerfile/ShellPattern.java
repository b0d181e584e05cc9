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

  static ShellPattern of(String text, char escape) {
    StringBuilder greedy = new StringBuilder();
    StringBuilder lazy = new StringBuilder();
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      int c = points[i];
      if (c == escape && i + 1 < points.length) {
        c = points[++i];
      } else if (c == '*') {
        greedy.append(".*");
        lazy.append(".*?");
        continue;
      } else if (c == '?') {
        greedy.append('.');
        lazy.append('.');
        continue;
      }
      String literal = Pattern.quote(Character.toString(c));
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
    if (greedy.isEmpty()) {
      return value;
    }
    StringBuilder result = new StringBuilder();
    int done = 0;
    while (m.find()) {
      // An empty match right behind another one is no match of its own: a lone * is replaced once.
      boolean repeated = m.start() == m.end() && m.start() == done && done > 0;
      if (!repeated) {
        result.append(value, done, m.start()).append(replacement);
        done = m.end();
        if (!all) {
          break;
        }
      }
    }
    return result.append(value, done, value.length()).toString();
  }
}
