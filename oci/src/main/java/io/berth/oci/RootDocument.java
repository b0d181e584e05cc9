package io.berth.oci;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.util.Map;
import java.util.Optional;

/**
 * What a registry answers for a tag or digest: the {@link Manifest} of one image, or the {@link
 * Index} of several.
 *
 * <pre>{@code
 * RootDocument document = RootDocument.parse(bytes, contentType);
 * if (document instanceof Index index) {
 *   Descriptor manifest = index.select(Platform.host()).orElseThrow();
 * }
 * }</pre>
 */
public sealed interface RootDocument permits Manifest, Index {

  /** The media type, as in the document or, where OCI lets it be left out, as it is meant. */
  String mediaType();

  /** The type of the artifact, when it is not a plain image. */
  Optional<String> artifactType();

  /** The manifest that this one belongs to, such as a signed one. */
  Optional<Descriptor> subject();

  /** Arbitrary notes, sorted by key. */
  Map<String, String> annotations();

  /** The compact JSON form. Equal values give equal bytes. */
  byte[] toBytes();

  /** Describes what {@link #toBytes()} gives. */
  default Descriptor descriptor() {
    Descriptor plain = Descriptor.of(mediaType(), toBytes());
    return artifactType().map(plain::withArtifactType).orElse(plain);
  }

  /**
   * Parses a manifest or index whose type is not known from elsewhere, such as one in an archive.
   */
  static RootDocument parse(byte[] bytes) {
    return read(Json.parse("manifest", bytes), Optional.empty());
  }

  /**
   * Parses a manifest or index.
   *
   * @param mediaType what the descriptor or the Content-Type says; the document may not differ, or
   *     the same bytes could mean two things (CVE-2021-41190)
   */
  static RootDocument parse(byte[] bytes, String mediaType) {
    return read(Json.parse("manifest", bytes), Optional.of(mediaType));
  }

  private static RootDocument read(JsonReader json, Optional<String> expected) {
    if (json.at("schemaVersion").integer() == 1) {
      throw new InvalidInputException(
          json.at("schemaVersion").path()
              + ": expected 2, found 1: Docker's schema 1 is no longer supported; push the image"
              + " again with a newer tool");
    }
    boolean index =
        json.optionalString("mediaType")
            .filter(type -> !type.isEmpty())
            .or(() -> expected)
            .map(MediaTypes::isIndex)
            .orElseGet(() -> json.optional("manifests").isPresent());
    return index ? Index.read(json, expected) : Manifest.read(json, expected);
  }
}
