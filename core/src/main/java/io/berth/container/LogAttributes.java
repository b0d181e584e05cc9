package io.berth.container;

import io.berth.api.ContainerSpec;
import io.berth.error.InvalidInputException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What each line of a container's log has as {@code attrs}: labels, environment variables and a
 * tag, as docker's driver {@code json-file} writes them.
 */
final class LogAttributes {
  private static final int SHORT = 12;
  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.(\\w+)\\s*\\}\\}");

  private LogAttributes() {}

  /**
   * @throws InvalidInputException when a pattern or the tag is not valid
   */
  static Map<String, String> of(String id, String name, ContainerSpec spec) {
    Map<String, String> options = spec.log().attributes();
    Map<String, String> attributes = new TreeMap<>();
    Predicate<String> labels = wanted(options, "labels");
    spec.labels()
        .forEach(
            (key, value) -> {
              if (labels.test(key)) {
                attributes.put(key, value);
              }
            });
    Predicate<String> env = wanted(options, "env");
    for (String variable : spec.process().env()) {
      int equals = variable.indexOf('=');
      if (equals > 0 && env.test(variable.substring(0, equals))) {
        attributes.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    String tag = options.getOrDefault("tag", "");
    if (!tag.isEmpty()) {
      attributes.put("tag", tag(tag, id, name, spec));
    }
    return attributes;
  }

  private static Predicate<String> wanted(Map<String, String> options, String kind) {
    Predicate<String> wanted = key -> false;
    for (String one : options.getOrDefault(kind, "").split(",")) {
      wanted = wanted.or(one::equals);
    }
    String regex = options.getOrDefault(kind + "-regex", "");
    if (regex.isEmpty()) {
      return wanted;
    }
    try {
      return wanted.or(Pattern.compile(regex).asPredicate());
    } catch (PatternSyntaxException e) {
      throw new InvalidInputException(
          "Invalid log option " + kind + "-regex=" + regex + ": " + e.getDescription(), e);
    }
  }

  private static String tag(String template, String id, String name, ContainerSpec spec) {
    StringBuilder tag = new StringBuilder();
    Matcher fields = FIELD.matcher(template);
    while (fields.find()) {
      fields.appendReplacement(
          tag, Matcher.quoteReplacement(field(fields.group(1), id, name, spec)));
    }
    fields.appendTail(tag);
    if (tag.indexOf("{{") >= 0) {
      throw wrong(template);
    }
    return tag.toString();
  }

  private static String field(String field, String id, String name, ContainerSpec spec) {
    String image = spec.imageId().toString();
    return switch (field) {
      case "ID" -> id.substring(0, Math.min(SHORT, id.length()));
      case "FullID" -> id;
      case "Name" -> name;
      case "ImageID" -> spec.imageId().hex().substring(0, SHORT);
      case "ImageFullID" -> image;
      case "ImageName" -> spec.image();
      case "Command" -> String.join(" ", spec.process().args());
      case "DaemonName" -> "berth";
      default -> throw wrong("{{." + field + "}}");
    };
  }

  private static InvalidInputException wrong(String template) {
    return new InvalidInputException(
        "Invalid log option tag="
            + template
            + ": expected fields such as {{.Name}}, {{.ID}}, {{.FullID}}, {{.ImageName}},"
            + " {{.ImageID}}, {{.ImageFullID}}, {{.Command}} or {{.DaemonName}}");
  }
}
