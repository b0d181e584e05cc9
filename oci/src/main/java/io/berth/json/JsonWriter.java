package io.berth.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Builds a JSON object field by field, in the order of the calls, leaving out what is empty. Maps
 * are written sorted by key, so that equal values give equal bytes.
 *
 * <pre>{@code
 * ObjectNode node = new JsonWriter().put("id", id).strings("env", env).toNode();
 * }</pre>
 */
public final class JsonWriter {
  private final ObjectNode object = JsonNodeFactory.instance.objectNode();

  /** A JSON string with its quotes. */
  public static String quote(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  public JsonWriter put(String field, String value) {
    object.put(field, value);
    return this;
  }

  public JsonWriter put(String field, long value) {
    object.put(field, value);
    return this;
  }

  public JsonWriter put(String field, boolean value) {
    object.put(field, value);
    return this;
  }

  public JsonWriter put(String field, JsonNode value) {
    object.set(field, value);
    return this;
  }

  /** Writes a time in the form of RFC 3339, in UTC. */
  public JsonWriter put(String field, Instant value) {
    return put(field, value.toString());
  }

  /**
   * Writes the value when there is one: a string, boolean, node or time as itself, a number as an
   * integer, anything else as its {@code toString()}.
   */
  public JsonWriter put(String field, Optional<?> value) {
    value.ifPresent(
        v -> {
          if (v instanceof JsonNode n) {
            put(field, n);
          } else if (v instanceof Boolean b) {
            put(field, b.booleanValue());
          } else if (v instanceof Long || v instanceof Integer) {
            put(field, ((Number) v).longValue());
          } else {
            put(field, v.toString());
          }
        });
    return this;
  }

  /** Writes {@code true}, or nothing for false. */
  public JsonWriter flag(String field, boolean value) {
    return value ? put(field, true) : this;
  }

  /** Writes an array of strings, unless it is empty. */
  public JsonWriter strings(String field, Collection<String> values) {
    return list(field, values, JsonNodeFactory.instance::textNode);
  }

  /** Writes an object with string values, unless it is empty. */
  public JsonWriter strings(String field, Map<String, String> values) {
    return map(field, values, JsonNodeFactory.instance::textNode);
  }

  /** Writes an array, unless it is empty. */
  public <T> JsonWriter list(
      String field, Collection<T> values, Function<? super T, ? extends JsonNode> write) {
    return values.isEmpty() ? this : fullList(field, values, write);
  }

  /** Writes an array, also when it is empty. */
  public <T> JsonWriter fullList(
      String field, Collection<T> values, Function<? super T, ? extends JsonNode> write) {
    ArrayNode array = object.putArray(field);
    values.forEach(value -> array.add(write.apply(value)));
    return this;
  }

  /** Writes an object, sorted by key, unless it is empty. */
  public <T> JsonWriter map(
      String field, Map<String, T> values, Function<? super T, ? extends JsonNode> write) {
    if (!values.isEmpty()) {
      ObjectNode map = object.putObject(field);
      new TreeMap<>(values).forEach((key, value) -> map.set(key, write.apply(value)));
    }
    return this;
  }

  /** Writes a set as Go does: an object with its members as keys and {@code {}} as values. */
  public JsonWriter set(String field, Collection<String> members) {
    if (!members.isEmpty()) {
      ObjectNode set = object.putObject(field);
      members.stream().sorted().forEach(set::putObject);
    }
    return this;
  }

  /** Writes carried fields, sorted, at this place in the order; a field already written wins. */
  public JsonWriter unknown(UnknownFields fields) {
    fields.names().stream()
        .filter(name -> !object.has(name))
        .forEach(name -> put(name, fields.get(name).orElseThrow()));
    return this;
  }

  /** The object; this writer is not to be used afterwards. */
  public ObjectNode toNode() {
    return object;
  }

  /** The object, printed compactly. */
  public byte[] toBytes() {
    return Json.toBytes(object);
  }
}
