package io.berth.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSink;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A statement about an image beside it, as buildx pushes provenance: an index of the image's
 * manifest and of an attestation manifest, whose only layer is the in-toto statement (BuildKit,
 * docs/attestations/attestation-storage.md).
 *
 * @param statement with the image's manifest as its subject
 */
record Attestation(byte[] statement, String predicateType, Descriptor image) {
  private static final String IN_TOTO = "application/vnd.in-toto+json";
  private static final Platform UNKNOWN = new Platform("unknown", "unknown");

  /**
   * @param text the statement as the build has made it, which knew the image by its id alone
   * @param image the descriptor of its manifest, with its platform
   */
  static Attestation of(String text, Reference name, Descriptor image) {
    ObjectNode statement =
        (ObjectNode) Json.parse("provenance", text.getBytes(StandardCharsets.UTF_8)).node();
    String subject =
        "pkg:docker/" + name.familiar() + "?platform=" + platform(image).replace("/", "%2F");
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
    return image.platform().map(Platform::toString).orElse("");
  }

  /** Gives the sink all but the image's own parts, which it has; returns the index. */
  Descriptor push(ImageSink sink) throws IOException {
    byte[] config = config();
    Descriptor layer =
        Descriptor.of(IN_TOTO, statement)
            .withAnnotations(Map.of("in-toto.io/predicate-type", predicateType));
    Descriptor configuration = Descriptor.of(MediaTypes.OCI_CONFIG, config);
    give(sink, configuration, config);
    give(sink, layer, statement);
    Manifest manifest = Manifest.oci(configuration, List.of(layer));
    sink.manifest(manifest.descriptor(), manifest.toBytes());
    Index index =
        Index.oci(
            List.of(
                image,
                manifest
                    .descriptor()
                    .withPlatform(UNKNOWN)
                    .withAnnotations(
                        Map.of(
                            "vnd.docker.reference.digest",
                            image.digest().toString(),
                            "vnd.docker.reference.type",
                            "attestation-manifest"))));
    sink.root(index.descriptor(), index.toBytes());
    return index.descriptor();
  }

  private static void give(ImageSink sink, Descriptor blob, byte[] content) throws IOException {
    if (!sink.has(blob)) {
      sink.blob(blob, () -> new ByteArrayInputStream(content));
    }
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
