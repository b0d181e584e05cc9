package io.berth.build;

import io.berth.error.InvalidInputException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One component of a source path of COPY, matched as Go's {@code filepath.Match} does: {@code *},
 * {@code ?}, {@code [a-z]}, {@code [^a-z]}, and a backslash before a character that means itself.
 */
final class Glob {
  private final Pattern pattern;

  Glob(String text) {
    StringBuilder regex = new StringBuilder();
    boolean inClass = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        regex.append(literal(text.charAt(++i)));
      } else if (inClass) {
        inClass = c != ']';
        boolean special = c == ']' || c == '-' || c == '^' && text.charAt(i - 1) == '[';
        regex.append(special ? String.valueOf(c) : literal(c));
      } else if (c == '[') {
        inClass = true;
        regex.append(c);
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append(literal(c));
      }
    }
    try {
      pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new InvalidInputException("Invalid pattern " + text + ": close the bracket", e);
    }
  }

  /** Whether a component is more than a plain name. */
  static boolean isPattern(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '*' || c == '?' || c == '[') {
        return true;
      }
    }
    return false;
  }

  /** The name that a component without wildcards stands for. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      plain.append(c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c);
    }
    return plain.toString();
  }

  boolean matches(String name) {
    return pattern.matcher(name).matches();
  }

  private static String literal(char c) {
    boolean plain = Character.isLetterOrDigit(c) || c > 127;
    return plain ? String.valueOf(c) : "\\" + c;
  }
}
