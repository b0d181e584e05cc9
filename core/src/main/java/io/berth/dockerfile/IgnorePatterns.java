package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a {@code .dockerignore} file: patterns as Go's filepath.Match has them, with {@code
 * **} for any number of directories and {@code !} for exceptions; the last one that matches
 * decides, and what matches a directory matches all below it (Dockerfile reference, ".dockerignore
 * file").
 *
 * <pre>{@code
 * IgnorePatterns.parse("*.log\n!keep.log\n").matches("build.log"); // true
 * }</pre>
 */
public final class IgnorePatterns {
  private record Rule(boolean exception, PathPattern pattern, String text) {}

  private final List<Rule> rules;

  private IgnorePatterns(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** Ignores nothing. */
  public static IgnorePatterns none() {
    return new IgnorePatterns(List.of());
  }

  /**
   * Reads a file's text.
   *
   * @throws InvalidInputException for a pattern that is none
   */
  public static IgnorePatterns parse(String text) {
    List<Rule> rules = new ArrayList<>();
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    for (String line : body.split("\r?\n")) {
      if (line.startsWith("#")) {
        continue;
      }
      String pattern = line.strip();
      boolean exception = pattern.startsWith("!");
      if (exception) {
        pattern = pattern.substring(1).strip();
      }
      if (exception && pattern.isEmpty()) {
        throw new InvalidInputException(
            "Invalid pattern \"!\": it excepts nothing; write what to keep, such as !README.md");
      }
      if (pattern.isEmpty()) {
        continue;
      }
      String clean = GoPaths.clean(pattern);
      if (clean.length() > 1 && clean.startsWith("/")) {
        clean = clean.substring(1);
      }
      rules.add(new Rule(exception, PathPattern.compile(clean), clean));
    }
    return new IgnorePatterns(rules);
  }

  /** The patterns, cleaned; exceptions begin with {@code !}. */
  public List<String> patterns() {
    return rules.stream().map(r -> r.exception() ? "!" + r.text() : r.text()).toList();
  }

  /** Whether a path of the context, with slashes and relative, is to be left out. */
  public boolean matches(String path) {
    boolean ignored = false;
    for (Rule rule : rules) {
      if (rule.exception() == ignored && matchesWithParents(rule, path)) {
        ignored = !rule.exception();
      }
    }
    return ignored;
  }

  private static boolean matchesWithParents(Rule rule, String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (rule.pattern().matches(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether something below an ignored directory may be taken back by an exception, so that a walk
   * has to enter it.
   */
  public boolean mayContainIncluded(String directory) {
    if (!matches(directory)) {
      return true;
    }
    return rules.stream().anyMatch(r -> r.exception() && mayBeBelow(r.text(), directory));
  }

  /** Compares up to the first wildcard; beyond it anything is possible. */
  private static boolean mayBeBelow(String pattern, String directory) {
    String literal = pattern.split("[*?\\[\\\\]", 2)[0];
    String prefix = directory + "/";
    int n = Math.min(literal.length(), prefix.length());
    return literal.regionMatches(0, prefix, 0, n)
        && (literal.length() >= prefix.length() || literal.length() < pattern.length());
  }
}
