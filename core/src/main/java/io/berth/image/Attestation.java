package io.berth.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.archive.SavedBlob;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A statement about an image beside it, as buildx pushes provenance: an attestation manifest in the
 * index that the image's manifest is in. Its only layer is the in-toto statement (BuildKit,
 * docs/attestations/attestation-storage.md).
 *
 * @param statement with the image's manifest as its subject
 */
record Attestation(byte[] statement, String predicateType, Descriptor image) {
  private static final String IN_TOTO = "application/vnd.in-toto+json";
  private static final Platform UNKNOWN = new Platform("unknown", "unknown");

  /**
   * @param text the statement as the build has made it, which knew the image by its id alone
   * @param name that the image goes out by
   * @param image the descriptor of its manifest, with its platform
   */
  static Attestation of(String text, Optional<Reference> name, Descriptor image) {
    ObjectNode statement =
        (ObjectNode) Json.parse("provenance", text.getBytes(StandardCharsets.UTF_8)).node();
    String subject =
        name.map(n -> "pkg:docker/" + n.familiar() + "?platform=" + platform(image)).orElse("_");
    statement.set(
        "subject",
        new JsonWriter()
            .fullList(
                "subject",
                List.of(subject),
                each ->
                    new JsonWriter()
                        .put("name", each)
                        .strings("digest", Map.of("sha256", image.digest().hex()))
                        .toNode())
            .toNode()
            .get("subject"));
    JsonNode type = statement.get("predicateType");
    return new Attestation(Json.toBytes(statement), type.asText(), image);
  }

  private static String platform(Descriptor image) {
    return image.platform().map(Platform::toString).orElse("").replace("/", "%2F");
  }

  /** Its configuration and its layer. */
  List<SavedBlob> blobs() {
    byte[] config = config();
    return List.of(
        new SavedBlob(Descriptor.of(MediaTypes.OCI_CONFIG, config), config),
        new SavedBlob(
            Descriptor.of(IN_TOTO, statement)
                .withAnnotations(Map.of("in-toto.io/predicate-type", predicateType)),
            statement));
  }

  SavedBlob manifest() {
    List<SavedBlob> blobs = blobs();
    Manifest manifest = Manifest.oci(blobs.get(0).descriptor(), List.of(blobs.get(1).descriptor()));
    return new SavedBlob(manifest.descriptor(), manifest.toBytes());
  }

  /** Its entry in the index. */
  Descriptor descriptor() {
    return manifest()
        .descriptor()
        .withPlatform(UNKNOWN)
        .withAnnotations(
            Map.of(
                "vnd.docker.reference.digest",
                image.digest().toString(),
                "vnd.docker.reference.type",
                "attestation-manifest"));
  }

  private byte[] config() {
    return new JsonWriter()
        .put("architecture", UNKNOWN.architecture())
        .put("os", UNKNOWN.os())
        .put("config", new JsonWriter().toNode())
        .put(
            "rootfs",
            new JsonWriter()
                .put("type", "layers")
                .strings("diff_ids", List.of(Digest.sha256(statement).toString()))
                .toNode())
        .toBytes();
  }
}
