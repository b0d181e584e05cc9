package io.berth.dockerfile;

import java.util.Arrays;

/**
 * A shell pattern with {@code *}, {@code ?} and {@code \}, for {@code ${v#p}} and its kin. It is
 * matched in a time that grows with its length alone: as a regular expression, many stars would
 * keep a build from ending.
 */
final class ShellPattern {
  private static final int STAR = -1;
  private static final int ANY = -2;
  private static final int NO_MATCH = -1;

  private final int[] tokens;

  private ShellPattern(int[] tokens) {
    this.tokens = tokens;
  }

  static ShellPattern of(String text, char escape) {
    int[] points = text.codePoints().toArray();
    int[] tokens = new int[points.length];
    int size = 0;
    for (int i = 0; i < points.length; i++) {
      int c = points[i];
      if (c == escape && i + 1 < points.length) {
        tokens[size++] = points[++i];
      } else if (c == '*') {
        tokens[size++] = STAR;
      } else {
        tokens[size++] = c == '?' ? ANY : c;
      }
    }
    return new ShellPattern(Arrays.copyOf(tokens, size));
  }

  /** Takes the shortest or longest match off the beginning or the end. */
  String strip(String value, boolean front, boolean longest) {
    int[] points = value.codePoints().toArray();
    if (front) {
      int end = end(points, 0, longest);
      return end == NO_MATCH ? value : text(points, end, points.length);
    }
    int end = new ShellPattern(reversed(tokens)).end(reversed(points), 0, longest);
    return end == NO_MATCH ? value : text(points, 0, points.length - end);
  }

  String replace(String value, String replacement, boolean all) {
    if (tokens.length == 0) {
      return value;
    }
    int[] points = value.codePoints().toArray();
    StringBuilder result = new StringBuilder();
    int done = 0;
    int at = 0;
    while (at <= points.length) {
      int end = end(points, at, true);
      // An empty match right behind another one is no match of its own: a lone * is replaced once.
      boolean repeated = end == at && at == done && done > 0;
      if (end != NO_MATCH && !repeated) {
        result.append(text(points, done, at)).append(replacement);
        done = end;
        if (!all) {
          break;
        }
      }
      at = Math.max(end, at + 1);
    }
    return result.append(text(points, done, points.length)).toString();
  }

  /**
   * Where a match that begins at a point ends. All places in the pattern that can be reached are
   * followed at once.
   */
  private int end(int[] points, int from, boolean longest) {
    boolean[] reached = new boolean[tokens.length + 1];
    reached[0] = true;
    int found = NO_MATCH;
    for (int at = from; ; at++) {
      boolean alive = false;
      for (int i = 0; i < tokens.length; i++) {
        alive |= reached[i];
        if (reached[i] && tokens[i] == STAR) {
          reached[i + 1] = true;
        }
      }
      if (reached[tokens.length]) {
        found = at;
      }
      if (at == points.length || !alive || found != NO_MATCH && !longest) {
        return found;
      }
      for (int i = tokens.length; i >= 0; i--) {
        boolean before = i > 0 && reached[i - 1] && takes(tokens[i - 1], points[at]);
        boolean star = i < tokens.length && tokens[i] == STAR;
        reached[i] = before || star && reached[i];
      }
    }
  }

  private static boolean takes(int token, int point) {
    return token == ANY || token == point;
  }

  private static int[] reversed(int[] values) {
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[values.length - 1 - i];
    }
    return result;
  }

  private static String text(int[] points, int from, int to) {
    return new String(points, from, to - from);
  }
}
