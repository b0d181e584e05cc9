package io.berth.oci;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of one image: its config and layers (OCI image-spec, manifest.md; Docker's image
 * manifest, version 2, schema 2).
 *
 * <pre>{@code
 * Manifest manifest = Manifest.parse(bytes);
 * Manifest mine = Manifest.oci(config, layers);
 * }</pre>
 *
 * <p>Fields that the specifications do not name are ignored, so printing need not give the bytes
 * that were read: keep those, where the digest matters.
 *
 * @param mediaType {@link MediaTypes#OCI_MANIFEST} or {@link MediaTypes#DOCKER_MANIFEST}
 * @param config the image config, or anything for artifacts
 * @param layers lowest first
 */
public record Manifest(
    String mediaType,
    Optional<String> artifactType,
    Descriptor config,
    List<Descriptor> layers,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements RootDocument {

  public Manifest {
    DocumentChecks.checkOwnType(mediaType, MediaTypes::isManifest);
    artifactType.ifPresent(Descriptor::checkMediaType);
    layers = List.copyOf(layers);
    annotations = Values.copy(annotations);
  }

  /** The OCI manifest of an image. */
  public static Manifest oci(Descriptor config, List<Descriptor> layers) {
    return of(MediaTypes.OCI_MANIFEST, config, layers);
  }

  /** The Docker schema 2 manifest of an image. */
  public static Manifest docker(Descriptor config, List<Descriptor> layers) {
    return of(MediaTypes.DOCKER_MANIFEST, config, layers);
  }

  private static Manifest of(String type, Descriptor config, List<Descriptor> layers) {
    return new Manifest(type, Optional.empty(), config, layers, Optional.empty(), Map.of());
  }

  /** Parses a manifest of either kind. */
  public static Manifest parse(byte[] bytes) {
    return read(Json.parse("manifest", bytes), Optional.empty());
  }

  static Manifest read(JsonReader json, Optional<String> expected) {
    String mediaType =
        DocumentChecks.mediaType(json, expected, MediaTypes.OCI_MANIFEST, MediaTypes::isManifest);
    DocumentChecks.rejectField(json, "manifests");
    return new Manifest(
        mediaType,
        json.optional("artifactType")
            .filter(type -> !type.string().isEmpty())
            .map(type -> type.as("a media type", Descriptor::checkMediaType)),
        Descriptor.read(json.at("config")),
        json.at("layers").elements().stream().map(Descriptor::read).toList(),
        json.optional("subject").map(Descriptor::read),
        json.stringMap("annotations"));
  }

  /** Whether this is an image, and not another artifact in the same form. */
  public boolean isImage() {
    return MediaTypes.isConfig(config.mediaType());
  }

  @Override
  public byte[] toBytes() {
    return new JsonWriter()
        .put("schemaVersion", 2)
        .put("mediaType", mediaType)
        .put("artifactType", artifactType)
        .put("config", config.toNode())
        .fullList("layers", layers, Descriptor::toNode)
        .put("subject", subject.map(Descriptor::toNode))
        .strings("annotations", annotations)
        .toBytes();
  }
}
