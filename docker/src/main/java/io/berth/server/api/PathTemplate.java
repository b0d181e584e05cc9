package io.berth.server.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path with variables. {@code {id}} stands for all up to the next slash, at least one character;
 * {@code {name*}} for as much as there can be, slashes too.
 */
final class PathTemplate {
  /** What stands in it, or the name of a variable. */
  private record Part(String text, boolean variable, boolean slashes) {}

  private final List<Part> parts = new ArrayList<>();

  PathTemplate(String template) {
    int at = 0;
    for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', at)) {
      int close = template.indexOf('}', open);
      boolean slashes = template.charAt(close - 1) == '*';
      parts.add(new Part(template.substring(at, open), false, false));
      parts.add(new Part(template.substring(open + 1, slashes ? close - 1 : close), true, slashes));
      at = close + 1;
    }
    parts.add(new Part(template.substring(at), false, false));
  }

  /** The values of the variables when a path is as the template says. */
  Optional<Map<String, String>> match(String path) {
    if (!path.startsWith(parts.get(0).text())) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    return match(path, 0, 0, values) ? Optional.of(values) : Optional.empty();
  }

  private boolean match(String path, int at, int index, Map<String, String> values) {
    if (index == parts.size()) {
      return at == path.length();
    }
    Part part = parts.get(index);
    if (!part.variable()) {
      return path.startsWith(part.text(), at)
          && match(path, at + part.text().length(), index + 1, values);
    }
    int slash = path.indexOf('/', at);
    int longest = part.slashes() || slash < 0 ? path.length() : slash;
    int shortest = part.slashes() ? at : at + 1;
    for (int end = longest; end >= shortest; end--) {
      if (match(path, end, index + 1, values)) {
        values.put(part.text(), path.substring(at, end));
        return true;
      }
    }
    return false;
  }
}
