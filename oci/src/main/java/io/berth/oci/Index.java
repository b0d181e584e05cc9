package io.berth.oci;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list of manifests, most often of one image for several platforms (OCI image-spec,
 * image-index.md; Docker's manifest list).
 *
 * <p>Fields that the specifications do not name are ignored, so printing need not give the bytes
 * that were read: keep those, where the digest matters.
 *
 * @param mediaType {@link MediaTypes#OCI_INDEX} or {@link MediaTypes#DOCKER_INDEX}
 */
public record Index(
    String mediaType,
    Optional<String> artifactType,
    List<Descriptor> manifests,
    Optional<Descriptor> subject,
    Map<String, String> annotations)
    implements RootDocument {

  public Index {
    DocumentChecks.checkOwnType(mediaType, MediaTypes::isIndex);
    artifactType.ifPresent(Descriptor::checkMediaType);
    manifests = List.copyOf(manifests);
    annotations = Values.copy(annotations);
  }

  /** An OCI index. */
  public static Index oci(List<Descriptor> manifests) {
    return new Index(MediaTypes.OCI_INDEX, Optional.empty(), manifests, Optional.empty(), Map.of());
  }

  /** A Docker manifest list. */
  public static Index docker(List<Descriptor> manifests) {
    return new Index(
        MediaTypes.DOCKER_INDEX, Optional.empty(), manifests, Optional.empty(), Map.of());
  }

  /** Parses an index of either kind. */
  public static Index parse(byte[] bytes) {
    return read(Json.parse("index", bytes), Optional.empty());
  }

  static Index read(JsonReader json, Optional<String> expected) {
    String mediaType =
        DocumentChecks.mediaType(json, expected, MediaTypes.OCI_INDEX, MediaTypes::isIndex);
    DocumentChecks.rejectField(json, "layers");
    DocumentChecks.rejectField(json, "config");
    return new Index(
        mediaType,
        json.optional("artifactType")
            .filter(type -> !type.string().isEmpty())
            .map(type -> type.as("a media type", Descriptor::checkMediaType)),
        json.at("manifests").elements().stream().map(Descriptor::read).toList(),
        json.optional("subject").map(Descriptor::read),
        json.stringMap("annotations"));
  }

  /**
   * The manifest, or nested index, that suits a platform best; among equals the first, as the
   * specification asks. One without a platform is taken when no other suits.
   */
  public Optional<Descriptor> select(Platform wanted) {
    List<Descriptor> candidates =
        manifests.stream()
            .filter(m -> MediaTypes.isManifest(m.mediaType()) || MediaTypes.isIndex(m.mediaType()))
            .toList();
    List<Descriptor> withPlatform =
        candidates.stream().filter(m -> m.platform().isPresent()).toList();
    return wanted
        .best(withPlatform, m -> m.platform().orElseThrow())
        .or(() -> candidates.stream().filter(m -> m.platform().isEmpty()).findFirst());
  }

  @Override
  public byte[] toBytes() {
    return new JsonWriter()
        .put("schemaVersion", 2)
        .put("mediaType", mediaType)
        .put("artifactType", artifactType)
        .fullList("manifests", manifests, Descriptor::toNode)
        .put("subject", subject.map(Descriptor::toNode))
        .strings("annotations", annotations)
        .toBytes();
  }
}
