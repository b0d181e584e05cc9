package io.berth.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.berth.error.InvalidInputException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A place in a JSON document, with typed getters whose errors name the path.
 *
 * <p>For an optional field, null means absent; for a required one it is an error. Nothing is
 * converted: {@code "5"} and {@code 5.0} are no integers.
 *
 * <pre>{@code
 * for (JsonReader layer : Json.parse("manifest", bytes).at("layers").elements()) {
 *   long size = layer.integer("size"); // manifest.layers[2].size: expected an integer, found "5"
 * }
 * }</pre>
 */
public final class JsonReader {
  private static final String TIME = "a time such as 2024-01-31T12:00:00Z";
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)");

  private final String path;
  private final JsonNode node;

  JsonReader(String path, JsonNode node) {
    this.path = path;
    this.node = node;
  }

  /** Where this is, such as {@code manifest.layers[2]}. */
  public String path() {
    return path;
  }

  /** A copy of the value here; a missing node when there is none. */
  public JsonNode node() {
    return node.deepCopy();
  }

  /** Whether there is a value here, and not null. */
  public boolean isPresent() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** The field of this object; absent fields give a place where nothing is. */
  public JsonReader at(String field) {
    object();
    JsonNode value = node.get(field);
    return new JsonReader(
        JsonPath.field(path, field), value == null ? MissingNode.getInstance() : value);
  }

  /** The field of this object, when it is there and not null. */
  public Optional<JsonReader> optional(String field) {
    return Optional.of(at(field)).filter(JsonReader::isPresent);
  }

  /** The names of this object's fields, in their order. */
  public List<String> fieldNames() {
    return object().node.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The elements of this array. */
  public List<JsonReader> elements() {
    if (!node.isArray()) {
      throw error("an array");
    }
    List<JsonReader> elements = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      elements.add(new JsonReader(JsonPath.element(path, i), node.get(i)));
    }
    return Collections.unmodifiableList(elements);
  }

  /** This, when it is an object. */
  public JsonReader object() {
    if (!node.isObject()) {
      throw error("an object");
    }
    return this;
  }

  /** This object, when it has no fields but these. */
  public JsonReader onlyFields(Set<String> known) {
    for (String name : fieldNames()) {
      if (!known.contains(name)) {
        throw new InvalidInputException(
            at(name).path
                + ": expected no such field, found one; known are "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
    return this;
  }

  /** The fields of this object that are not among these, to be carried along. */
  public UnknownFields unknownFields(Set<String> known) {
    return UnknownFields.of(object().node, known);
  }

  /** The string here. */
  public String string() {
    if (!node.isTextual()) {
      throw error("a string");
    }
    return node.textValue();
  }

  /** The boolean here. */
  public boolean bool() {
    if (!node.isBoolean()) {
      throw error("true or false");
    }
    return node.booleanValue();
  }

  /** The integer here, written without fraction and exponent. */
  public long integer() {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw error("an integer");
    }
    return node.longValue();
  }

  /** The integer here, when it lies between the two bounds, both included. */
  public long integer(long min, long max) {
    long value = integer();
    if (value < min || value > max) {
      String upTo = max == Long.MAX_VALUE ? "an integer of at least " + min : min + " to " + max;
      throw error(min == max ? String.valueOf(min) : upTo);
    }
    return value;
  }

  /** The time here, in the form of RFC 3339. */
  public Instant instant() {
    // Java alone would also take times without seconds, and years of five digits.
    if (!node.isTextual() || !RFC_3339.matcher(node.textValue()).matches()) {
      throw error(TIME);
    }
    return as(TIME, s -> OffsetDateTime.parse(s).toInstant());
  }

  /**
   * The string here, given to a parser whose exception becomes an error with this path.
   *
   * @param expected what a valid value looks like, for the message
   */
  public <T> T as(String expected, Function<String, T> parser) {
    String text = string();
    try {
      return parser.apply(text);
    } catch (InvalidInputException | IllegalArgumentException | DateTimeException e) {
      throw new InvalidInputException(
          error(expected).getMessage() + " (" + e.getMessage() + ")", e);
    }
  }

  /** The string in a required field. */
  public String string(String field) {
    return at(field).string();
  }

  /** The string in a field, when it is there. */
  public Optional<String> optionalString(String field) {
    return optional(field).map(JsonReader::string);
  }

  /** The integer in a required field. */
  public long integer(String field) {
    return at(field).integer();
  }

  /** The integer in a field, when it is there. */
  public Optional<Long> optionalInteger(String field) {
    return optional(field).map(JsonReader::integer);
  }

  /** The boolean in a field; false when it is absent. */
  public boolean flag(String field) {
    return optional(field).map(JsonReader::bool).orElse(false);
  }

  /** The time in a field, when it is there. */
  public Optional<Instant> optionalInstant(String field) {
    return optional(field).map(JsonReader::instant);
  }

  /** The array in a field, each element read; empty when it is absent. */
  public <T> List<T> list(String field, Function<JsonReader, T> read) {
    return optional(field)
        .map(array -> array.elements().stream().map(read).toList())
        .orElse(List.of());
  }

  /** The array of strings in a field; empty when it is absent. */
  public List<String> strings(String field) {
    return list(field, JsonReader::string);
  }

  /** The object in a field, each value read, sorted by name; empty when it is absent. */
  public <T> Map<String, T> map(String field, Function<JsonReader, T> read) {
    Map<String, T> map = new TreeMap<>();
    optional(field)
        .ifPresent(
            object ->
                object.fieldNames().forEach(name -> map.put(name, read.apply(object.at(name)))));
    return Collections.unmodifiableMap(map);
  }

  /** The object with string values in a field, sorted by name; empty when it is absent. */
  public Map<String, String> stringMap(String field) {
    return map(field, JsonReader::string);
  }

  /** An error for this place: {@code path: expected ..., found ...}. */
  public InvalidInputException error(String expected) {
    return new InvalidInputException(
        path + ": expected " + expected + ", found " + JsonPath.describe(node));
  }
}
