package io.berth.server.reaper;

import io.berth.error.InvalidInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What belongs to a session: everything that has all of these labels.
 *
 * @param labels with their values; an empty value is any
 */
public record LabelFilter(Map<String, String> labels) {

  public LabelFilter {
    if (labels.isEmpty()) {
      throw new InvalidInputException("A filter without labels would remove everything");
    }
    labels = Map.copyOf(labels);
  }

  /**
   * Reads a line as Testcontainers sends it: {@code label=a%3Db&label=c}.
   *
   * @throws InvalidInputException when it is not one, or asks for something other than labels
   */
  public static LabelFilter parse(String line) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String part : line.split("&")) {
      int equals = part.indexOf('=');
      if (equals < 0 || !part.substring(0, equals).equals("label")) {
        throw new InvalidInputException(
            "Invalid filter \"" + line + "\": expected label=NAME%3DVALUE, joined by &");
      }
      String label = decode(part.substring(equals + 1));
      int value = label.indexOf('=');
      labels.put(
          value < 0 ? label : label.substring(0, value),
          value < 0 ? "" : label.substring(value + 1));
    }
    return new LabelFilter(labels);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("Invalid filter \"" + text + "\": " + e.getMessage(), e);
    }
  }

  /** Whether something with these labels belongs to the session. */
  public boolean matches(Map<String, String> of) {
    return labels.entrySet().stream()
        .allMatch(
            wanted -> {
              String found = of.get(wanted.getKey());
              return found != null
                  && (wanted.getValue().isEmpty() || wanted.getValue().equals(found));
            });
  }
}
