package io.berth.json;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** How a place in a document, and what was found there, is shown in an error message. */
final class JsonPath {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int SHOWN = 120;

  private JsonPath() {}

  static String field(String parent, String name) {
    return PLAIN_NAME.matcher(name).matches()
        ? parent + "." + name
        : parent + "[" + quote(name) + "]";
  }

  static String element(String parent, int index) {
    return parent + "[" + index + "]";
  }

  static String of(String root, JsonStreamContext context) {
    if (context == null || context.inRoot()) {
      return root;
    }
    String parent = of(root, context.getParent());
    if (context.inArray()) {
      return context.hasCurrentIndex() ? element(parent, context.getCurrentIndex()) : parent;
    }
    return context.getCurrentName() == null ? parent : field(parent, context.getCurrentName());
  }

  static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING -> "nothing";
      case NULL -> "null";
      case STRING -> quote(node.textValue());
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      default -> shorten(node.toString());
    };
  }

  /** In quotes and on one line, so that hostile input cannot forge log lines or terminal codes. */
  static String quote(String text) {
    StringBuilder shown = new StringBuilder("\"");
    shorten(text)
        .codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                shown.append('\\').appendCodePoint(c);
              } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.append('"').toString();
  }

  static String shorten(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
