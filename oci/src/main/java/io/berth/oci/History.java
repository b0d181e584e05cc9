package io.berth.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.time.Instant;
import java.util.Optional;

/**
 * How one step of a build came about (OCI image-spec, config.md, "history").
 *
 * @param createdBy the command
 * @param emptyLayer whether the step made no layer
 */
public record History(
    Optional<Instant> created,
    Optional<String> createdBy,
    Optional<String> author,
    Optional<String> comment,
    boolean emptyLayer) {

  /** A step without author and comment. */
  public static History of(Instant created, String createdBy, boolean emptyLayer) {
    return new History(
        Optional.of(created),
        Optional.of(createdBy),
        Optional.empty(),
        Optional.empty(),
        emptyLayer);
  }

  /** Reads the JSON form. */
  public static History read(JsonReader json) {
    return new History(
        json.optionalInstant("created"),
        json.optionalString("created_by"),
        json.optionalString("author"),
        json.optionalString("comment"),
        json.flag("empty_layer"));
  }

  /** Writes the JSON form. */
  public ObjectNode toNode() {
    return new JsonWriter()
        .put("created", created)
        .put("created_by", createdBy)
        .put("author", author)
        .put("comment", comment)
        .flag("empty_layer", emptyLayer)
        .toNode();
  }
}
