package io.berth.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.Image;
import io.berth.api.Provenance;
import io.berth.dockerfile.Step;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Says where an image comes from: an in-toto statement (in-toto.io/Statement/v0.1) with SLSA
 * provenance (slsa.dev/provenance/v0.2), of the fields that BuildKit fills.
 */
final class ProvenanceStatement {
  private static final String BUILD_TYPE = "https://mobyproject.org/buildkit@v1";

  private final BuildWork work;
  private final Image image;
  private final Instant begun;
  private final Instant ended;

  ProvenanceStatement(BuildWork work, Image image, Instant begun, Instant ended) {
    this.work = work;
    this.image = image;
    this.begun = begun;
    this.ended = ended;
  }

  String text() {
    return Json.toString(
        new JsonWriter()
            .put("_type", "https://in-toto.io/Statement/v0.1")
            .put("predicateType", "https://slsa.dev/provenance/v0.2")
            .fullList("subject", names(), this::subject)
            .put("predicate", predicate())
            .toNode());
  }

  private List<String> names() {
    List<Reference> names = work.options().result().tags();
    return names.isEmpty()
        ? List.of("_")
        : names.stream().map(name -> "pkg:docker/" + name.familiar()).toList();
  }

  private ObjectNode subject(String name) {
    return new JsonWriter()
        .put("name", name)
        .strings("digest", Map.of("sha256", image.id().hex()))
        .toNode();
  }

  private ObjectNode predicate() {
    boolean max = work.options().result().provenance() == Provenance.MAX;
    JsonWriter predicate =
        new JsonWriter()
            .put("builder", new JsonWriter().put("id", "").toNode())
            .put("buildType", BUILD_TYPE)
            .fullList(
                "materials",
                work.materials().all(),
                material ->
                    new JsonWriter()
                        .put("uri", material.uri())
                        .strings("digest", material.digest())
                        .toNode())
            .put("invocation", invocation(max));
    if (max) {
      predicate.put("buildConfig", config());
    }
    return predicate.put("metadata", metadata(max)).toNode();
  }

  private ObjectNode invocation(boolean max) {
    JsonWriter parameters = new JsonWriter().put("frontend", "dockerfile.v0");
    JsonWriter args = new JsonWriter();
    work.options().target().ifPresent(target -> args.put("target", target));
    if (max) {
      work.options().args().forEach((name, value) -> args.put("build-arg:" + name, value));
      work.options().result().labels().forEach((name, value) -> args.put("label:" + name, value));
    }
    ObjectNode source = new JsonWriter().put("entryPoint", work.input().name()).toNode();
    ObjectNode environment =
        new JsonWriter().put("platform", image.config().platform().toString()).toNode();
    return new JsonWriter()
        .put("configSource", source)
        .put("parameters", parameters.put("args", args.toNode()).toNode())
        .put("environment", environment)
        .toNode();
  }

  private ObjectNode config() {
    return new JsonWriter()
        .fullList("steps", work.input().dockerfile().steps(), this::step)
        .toNode();
  }

  private ObjectNode step(Step step) {
    JsonWriter json = new JsonWriter().put("instruction", step.instruction().text());
    step.location().ifPresent(l -> json.put("line", l.firstLine()));
    return json.toNode();
  }

  private ObjectNode metadata(boolean max) {
    ObjectNode complete =
        new JsonWriter()
            .put("parameters", max)
            .put("environment", true)
            .put("materials", false)
            .toNode();
    JsonWriter metadata =
        new JsonWriter()
            .put("buildStartedOn", begun)
            .put("buildFinishedOn", ended)
            .put("completeness", complete)
            .put("reproducible", false);
    if (max) {
      String text = work.input().dockerfile().toString();
      ObjectNode file =
          new JsonWriter()
              .put("filename", work.input().name())
              .put("language", "Dockerfile")
              .put(
                  "data", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
              .toNode();
      ObjectNode source = new JsonWriter().list("infos", List.of(file), f -> f).toNode();
      metadata.put(
          "https://mobyproject.org/buildkit@v1#metadata",
          new JsonWriter().put("source", source).toNode());
    }
    return metadata.toNode();
  }
}
