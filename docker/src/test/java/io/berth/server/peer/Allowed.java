package io.berth.server.peer;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A difference that is meant to be: a line {@code REQUEST :: DIFFERENCE :: REASON}, the first two
 * regular expressions that must be found.
 */
record Allowed(Pattern request, Pattern difference, String reason) {
  static List<Allowed> parse(List<String> lines) {
    return lines.stream().filter(l -> !l.isBlank() && !l.startsWith("#")).map(Allowed::of).toList();
  }

  private static Allowed of(String line) {
    String[] parts = line.split(" +:: +");
    if (parts.length != 3 || parts[2].isBlank()) {
      throw new IllegalArgumentException("Expected REQUEST :: DIFFERENCE :: REASON: " + line);
    }
    return new Allowed(
        Pattern.compile(parts[0]), Pattern.compile(parts[1], Pattern.DOTALL), parts[2]);
  }

  boolean holds(String line, String difference) {
    return request.matcher(line).find() && this.difference.matcher(difference).find();
  }
}
