package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern as Go's filepath.Match has it: {@code *} and {@code ?} stop at slashes; {@code [a-z]},
 * {@code [^a]}; {@code \\} takes the next character as it is. Besides, {@code **} is any number of
 * directories, as in a .dockerignore file.
 *
 * <p>It is matched in a time that grows with its length and the path's alone: as a regular
 * expression, many stars would keep a build from ending.
 */
public final class PathPattern {
  private enum Kind {
    ONE, // a character
    ONE_OF, // one of a class, which is never a slash, as Go matches part by part
    STAR, // any characters but slashes
    ALL, // any characters
    DIRECTORIES, // nothing, or what INSIDE, which follows, takes
    INSIDE // any characters, and a slash at the end
  }

  /** Pairs of the first and the last character of each range. */
  private record Token(Kind kind, boolean negated, int... ranges) {
    boolean has(int c) {
      for (int i = 0; i < ranges.length; i += 2) {
        if (ranges[i] <= c && c <= ranges[i + 1]) {
          return !negated;
        }
      }
      return negated;
    }
  }

  private static final Token NO_SLASH = new Token(Kind.ONE, true, '/', '/');

  private final String text;
  private final List<Token> tokens = new ArrayList<>();

  private PathPattern(String text) {
    this.text = text;
  }

  /**
   * Reads a pattern.
   *
   * @throws InvalidInputException for a class that is not closed or is empty, or a lone {@code \\}
   */
  public static PathPattern compile(String text) {
    PathPattern pattern = new PathPattern(text);
    for (int i = 0; i < text.length(); ) {
      i = pattern.read(i);
    }
    return pattern;
  }

  /** Reads what begins at a place; where the next begins. */
  private int read(int at) {
    char c = text.charAt(at);
    if (text.startsWith("**", at)) {
      int end = text.startsWith("/", at + 2) ? at + 3 : at + 2;
      // At the end it is everything below; before more, any directories or none.
      // "**.txt", a start and nothing but text, is any path with that end.
      boolean suffix = at == 0 && end == 2 && isLiteral(text.substring(2));
      if (suffix || end == text.length()) {
        add(Kind.ALL);
      } else if (tokens.isEmpty() || last() != Kind.INSIDE) { // twice is as good as once
        add(Kind.DIRECTORIES);
        add(Kind.INSIDE);
      }
      return end;
    }
    switch (c) {
      case '*' -> add(Kind.STAR);
      case '?' -> tokens.add(NO_SLASH);
      case '[' -> {
        return readClass(at);
      }
      default -> {
        int[] literal = character(at);
        tokens.add(new Token(Kind.ONE, false, literal[0], literal[0]));
        return literal[1];
      }
    }
    return at + 1;
  }

  private void add(Kind kind) {
    tokens.add(new Token(kind, false));
  }

  private Kind last() {
    return tokens.get(tokens.size() - 1).kind();
  }

  private static boolean isLiteral(String pattern) {
    return pattern.chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
  }

  private int readClass(int open) {
    int i = open + 1;
    boolean negated = i < text.length() && text.charAt(i) == '^';
    i += negated ? 1 : 0;
    int[] ranges = {};
    for (boolean first = true; first || i < text.length() && text.charAt(i) != ']'; first = false) {
      int[] low = member(i);
      int[] high = low;
      if (low[1] < text.length() && text.charAt(low[1]) == '-') {
        high = member(low[1] + 1);
      }
      i = high[1];
      ranges = Arrays.copyOf(ranges, ranges.length + 2);
      ranges[ranges.length - 2] = low[0];
      ranges[ranges.length - 1] = high[0];
    }
    if (i >= text.length()) {
      throw bad("has a [ without ]");
    }
    tokens.add(new Token(Kind.ONE_OF, negated, ranges));
    return i + 1;
  }

  /** A character of a class, and where the next one begins. */
  private int[] member(int at) {
    if (at >= text.length() || text.charAt(at) == '-' || text.charAt(at) == ']') {
      throw bad("has an empty or unfinished [...]");
    }
    return character(at);
  }

  private int[] character(int at) {
    int i = text.charAt(at) == '\\' ? at + 1 : at;
    if (i == text.length()) {
      throw bad("ends in \\");
    }
    int point = text.codePointAt(i);
    return new int[] {point, i + Character.charCount(point)};
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException("Invalid pattern \"" + text + "\": it " + what);
  }

  /**
   * Whether a path, as a whole, is one of those that are meant. All places in the pattern that can
   * be reached are followed at once.
   */
  public boolean matches(String path) {
    boolean[] reached = new boolean[tokens.size() + 1];
    boolean[] next = new boolean[reached.length];
    reach(reached, 0);
    for (int i = 0; i < path.length(); ) {
      int c = path.codePointAt(i);
      i += Character.charCount(c);
      if (!step(reached, c, next)) {
        return false;
      }
      boolean[] before = reached;
      reached = next;
      next = before;
      Arrays.fill(next, false);
    }
    return reached[tokens.size()];
  }

  /** Whether any place is reached by a character. */
  private boolean step(boolean[] from, int c, boolean[] to) {
    boolean any = false;
    for (int at = 0; at < tokens.size(); at++) {
      if (!from[at]) {
        continue;
      }
      Token token = tokens.get(at);
      boolean stays =
          switch (token.kind()) {
            case STAR -> c != '/';
            case ALL, INSIDE -> true;
            case ONE, ONE_OF, DIRECTORIES -> false;
          };
      boolean passes =
          switch (token.kind()) {
            case ONE -> token.has(c);
            case ONE_OF -> c != '/' && token.has(c);
            case INSIDE -> c == '/';
            default -> false;
          };
      if (stays) {
        reach(to, at);
      }
      if (passes) {
        reach(to, at + 1);
      }
      any |= stays || passes;
    }
    return any;
  }

  /** Marks a place, and those behind it that need no character. */
  private void reach(boolean[] places, int at) {
    for (int i = at; !places[i]; ) {
      places[i] = true;
      Kind kind = i == tokens.size() ? Kind.ONE : tokens.get(i).kind();
      if (kind == Kind.DIRECTORIES) {
        places[i + 1] = true;
        i += 2;
      } else if (kind == Kind.STAR || kind == Kind.ALL) {
        i++;
      } else {
        return;
      }
    }
  }
}
