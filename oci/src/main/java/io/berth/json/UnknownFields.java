package io.berth.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fields of a JSON object that its reader does not know, kept so that writing does not lose them.
 * Immutable; two are equal when they have the same fields with the same values.
 */
public final class UnknownFields {
  /** No fields. */
  public static final UnknownFields NONE = new UnknownFields(JsonNodeFactory.instance.objectNode());

  private final ObjectNode fields;

  private UnknownFields(ObjectNode fields) {
    this.fields = fields;
  }

  static UnknownFields of(JsonNode object, Set<String> known) {
    ObjectNode fields = object.deepCopy();
    fields.remove(known);
    return fields.isEmpty() ? NONE : new UnknownFields(fields);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /** Their names, sorted. */
  public List<String> names() {
    return fields.properties().stream().map(Map.Entry::getKey).sorted().toList();
  }

  /** A copy of one value. */
  public Optional<JsonNode> get(String name) {
    return Optional.ofNullable(fields.get(name)).map(JsonNode::deepCopy);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnknownFields that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return Json.toString(fields);
  }
}
