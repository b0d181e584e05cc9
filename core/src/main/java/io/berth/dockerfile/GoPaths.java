package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * Path functions with the semantics of Go's {@code path/filepath}, which Docker's rules refer to.
 */
public final class GoPaths {
  private GoPaths() {}

  /** As filepath.Clean: without {@code .}, {@code //} and, where possible, {@code ..}. */
  public static String clean(String path) {
    boolean rooted = path.startsWith("/");
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (!part.equals("..")) {
        parts.addLast(part);
      } else if (!parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!rooted) {
        parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }

  /**
   * A pattern as filepath.Match has it: {@code *} and {@code ?} stop at slashes; {@code [a-z]},
   * {@code [^a]}; {@code \} takes the next character as it is. Besides, {@code **} is any number of
   * directories, as in a .dockerignore file.
   *
   * @throws InvalidInputException for a class that is not closed or is empty, or a lone {@code \}
   */
  public static Pattern compile(String pattern) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (pattern.startsWith("**", i)) {
        boolean suffix = i == 0 && isLiteral(pattern.substring(2)) && !pattern.startsWith("**/");
        i += 2;
        if (pattern.startsWith("/", i)) {
          i++;
        }
        // At the end it is everything below; before more, any directories or none.
        // "**.txt", a start and nothing but text, is any path with that end.
        regex.append(suffix || i == pattern.length() ? ".*" : "(?:.*/)?");
      } else if (c == '*') {
        regex.append("[^/]*");
        i++;
      } else if (c == '?') {
        regex.append("[^/]");
        i++;
      } else if (c == '[') {
        i = characterClass(pattern, i, regex);
      } else {
        if (c == '\\') {
          i++;
          if (i == pattern.length()) {
            throw bad(pattern, "ends in \\");
          }
        }
        int point = pattern.codePointAt(i);
        regex.append(Pattern.quote(Character.toString(point)));
        i += Character.charCount(point);
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static boolean isLiteral(String pattern) {
    return pattern.chars().noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
  }

  private static int characterClass(String pattern, int open, StringBuilder regex) {
    int i = open + 1;
    boolean negated = i < pattern.length() && pattern.charAt(i) == '^';
    i += negated ? 1 : 0;
    StringBuilder ranges = new StringBuilder();
    boolean first = true;
    while (first || i < pattern.length() && pattern.charAt(i) != ']') {
      int[] low = member(pattern, i);
      int high = low[0];
      i = low[1];
      if (i < pattern.length() && pattern.charAt(i) == '-') {
        int[] end = member(pattern, i + 1);
        high = end[0];
        i = end[1];
      }
      if (low[0] <= high) {
        ranges.append(escaped(low[0])).append('-').append(escaped(high));
      }
      first = false;
    }
    if (i >= pattern.length()) {
      throw bad(pattern, "has a [ without ]");
    }
    // Go's classes never match a slash in a path, as matching goes part by part.
    regex
        .append("(?!/)")
        .append(
            ranges.isEmpty()
                ? (negated ? "." : "(?!)")
                : "[" + (negated ? "^" : "") + ranges + "]");
    return i + 1;
  }

  /** A character of a class, and where the next one begins. */
  private static int[] member(String pattern, int at) {
    if (at >= pattern.length() || pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
      throw bad(pattern, "has an empty or unfinished [...]");
    }
    int i = at;
    if (pattern.charAt(i) == '\\') {
      i++;
      if (i == pattern.length()) {
        throw bad(pattern, "ends in \\");
      }
    }
    int point = pattern.codePointAt(i);
    return new int[] {point, i + Character.charCount(point)};
  }

  private static String escaped(int c) {
    return String.format("\\x{%x}", c);
  }

  private static InvalidInputException bad(String pattern, String what) {
    return new InvalidInputException("Invalid pattern \"" + pattern + "\": it " + what);
  }
}
