package io.berth.oci;

import io.berth.error.InvalidInputException;
import io.berth.json.JsonReader;
import java.util.Optional;
import java.util.function.Predicate;

/** What the manifest and the index have in common when they are read. */
final class DocumentChecks {
  private DocumentChecks() {}

  /** Checks the schema version, and that the document is what it and its descriptor say. */
  static String mediaType(
      JsonReader json, Optional<String> expected, String whenAbsent, Predicate<String> allowed) {
    json.at("schemaVersion").integer(2, 2);
    String kind = MediaTypes.isIndex(whenAbsent) ? "an index" : "an image manifest";
    Optional<JsonReader> field = json.optional("mediaType").filter(f -> !f.string().isEmpty());
    String found = field.map(JsonReader::string).orElse(whenAbsent);
    if (!allowed.test(found)) {
      throw json.at("mediaType").error("the media type of " + kind);
    }
    if (expected.isPresent() && !expected.get().equals(found)) {
      // Only OCI lets the field be left out.
      throw json.at("mediaType").error(Quoted.of(expected.get()));
    }
    return found;
  }

  /** Rejects a field of the other kind of document (image-spec, "mediaType", CVE-2021-41190). */
  static void rejectField(JsonReader json, String field) {
    if (json.at(field).isPresent()) {
      throw json.at(field).error("no such field here");
    }
  }

  static String checkOwnType(String type, Predicate<String> allowed) {
    if (!allowed.test(type)) {
      throw new InvalidInputException("Unexpected media type " + Quoted.of(type));
    }
    return type;
  }
}
