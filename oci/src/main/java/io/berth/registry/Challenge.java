package io.berth.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server wants to be asked (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case: {@code bearer}, {@code basic}
 * @param parameters by their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\G[\\s,]*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(" + TOKEN + "))");
  private static final Pattern SCHEME = Pattern.compile("\\G[\\s,]*(" + TOKEN + ")(?=\\s|,|$)");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /** The challenges of all WWW-Authenticate headers; what cannot be read is left out. */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> all = new ArrayList<>();
    headers.forEach(header -> parse(header, all));
    return all;
  }

  private static void parse(String header, List<Challenge> all) {
    int at = 0;
    Matcher scheme = SCHEME.matcher(header);
    Matcher parameter = PARAMETER.matcher(header);
    while (at < header.length() && scheme.find(at)) {
      String name = scheme.group(1).toLowerCase(Locale.ROOT);
      at = scheme.end();
      Map<String, String> parameters = new TreeMap<>();
      while (at < header.length() && parameter.find(at)) {
        String quoted = parameter.group(2);
        String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
        parameters.put(parameter.group(1).toLowerCase(Locale.ROOT), value);
        at = parameter.end();
      }
      all.add(new Challenge(name, parameters));
    }
  }
}
