package io.berth.server.resource;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.regex.PatternSyntaxException;

/** Patterns of names, as Go's {@code path.Match} has them: no wildcard goes over a slash. */
final class Glob {
  private Glob() {}

  static boolean matches(String pattern, String name) {
    try {
      String literal = pattern.replace("{", "\\{").replace("}", "\\}");
      return FileSystems.getDefault().getPathMatcher("glob:" + literal).matches(Path.of(name));
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
