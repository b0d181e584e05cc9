package io.berth.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;
import io.berth.server.http.HttpError;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The parameter {@code filters}: JSON of {@code {"name": {"value": true}}}, or of the older form
 * {@code {"name": ["value"]}}. The values of one name are alternatives, but for labels, all of
 * which must be there.
 */
public final class Filters {
  private final Map<String, List<String>> values;

  private Filters(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Parses the parameter.
   *
   * @throws HttpError 400 when it is malformed, or names a filter that is not among the known
   */
  public static Filters of(Call call, Set<String> known) {
    return of(parse(call.query().get("filters")), known);
  }

  /** The same of values that are parsed already. */
  public static Filters of(Map<String, List<String>> values, Set<String> known) {
    Filters filters = new Filters(values);
    for (String name : filters.values.keySet()) {
      if (!known.contains(name)) {
        throw HttpError.badRequest("invalid filter '" + name + "'");
      }
    }
    return filters;
  }

  private static Map<String, List<String>> parse(String text) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return values;
    }
    JsonNode root;
    try {
      root = WireJson.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
    } catch (InvalidInputException e) {
      throw new HttpError(400, "invalid filter: " + e.getMessage(), e);
    }
    if (!root.isObject()) {
      throw HttpError.badRequest("invalid filter: expected an object");
    }
    root.properties().forEach(p -> values.put(p.getKey(), alternatives(p.getValue())));
    return values;
  }

  private static List<String> alternatives(JsonNode node) {
    List<String> found = new ArrayList<>();
    if (node.isArray()) {
      for (JsonNode element : node) {
        if (!element.isTextual()) {
          throw HttpError.badRequest("invalid filter: expected strings, found " + element);
        }
        found.add(element.textValue());
      }
    } else if (node.isObject()) {
      node.properties()
          .forEach(
              p -> {
                if (!p.getValue().isBoolean()) {
                  throw HttpError.badRequest("invalid filter: expected true or false");
                }
                found.add(p.getKey());
              });
    } else {
      throw HttpError.badRequest("invalid filter: expected an object or an array");
    }
    return found;
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  public List<String> get(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** Whether there is no such filter, or one of its values is this. */
  public boolean exact(String name, String value) {
    return !has(name) || get(name).contains(value);
  }

  /** Whether there is no such filter, or one of its values begins this. */
  public boolean prefix(String name, String value) {
    return !has(name) || get(name).stream().anyMatch(value::startsWith);
  }

  /** Whether there is no such filter, or one of its values is found in this, as a pattern. */
  public boolean pattern(String name, String value) {
    return !has(name) || get(name).stream().anyMatch(v -> matches(v, value));
  }

  private static boolean matches(String pattern, String value) {
    if (pattern.equals(value)) {
      return true;
    }
    try {
      return Pattern.compile(pattern).matcher(value).find();
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /** Whether all of the filters {@code label} and none of {@code label!} apply. */
  public boolean labels(Map<String, String> labels) {
    return get("label").stream().allMatch(l -> hasLabel(labels, l))
        && get("label!").stream().noneMatch(l -> hasLabel(labels, l));
  }

  private static boolean hasLabel(Map<String, String> labels, String filter) {
    int equals = filter.indexOf('=');
    return equals < 0
        ? labels.containsKey(filter)
        : filter.substring(equals + 1).equals(labels.get(filter.substring(0, equals)));
  }

  /**
   * The filter that is true or false.
   *
   * @throws HttpError 400 when it is neither
   */
  public boolean flag(String name, boolean absent) {
    if (!has(name)) {
      return absent;
    }
    boolean yes = get(name).stream().anyMatch(v -> v.equals("true") || v.equals("1"));
    boolean no = get(name).stream().anyMatch(v -> v.equals("false") || v.equals("0"));
    if (yes == no) {
      throw HttpError.badRequest("invalid filter '" + name + "=" + get(name) + "'");
    }
    return yes;
  }
}
