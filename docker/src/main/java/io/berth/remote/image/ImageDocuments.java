package io.berth.remote.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.Image;
import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import io.berth.server.wire.WireJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** An image from what an engine shows of it, which is less than the image's own configuration. */
final class ImageDocuments {
  private static final List<String> RUN_FIELDS =
      List.of(
          "User",
          "ExposedPorts",
          "Env",
          "Entrypoint",
          "Cmd",
          "Volumes",
          "WorkingDir",
          "Labels",
          "StopSignal",
          "Healthcheck",
          "OnBuild",
          "Shell");
  // What steps without a layer are called, in the words of either builder.
  private static final Pattern WITHOUT_LAYER =
      Pattern.compile(
          "(?s)(/bin/sh -c #\\(nop\\) +)?(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER"
              + "|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\\b.*");

  private ImageDocuments() {}

  /**
   * @param details as {@code docker inspect} shows it
   * @param history as {@code docker history} does, the newest first
   */
  static Image read(JsonNode details, JsonNode history) {
    List<JsonNode> steps = new ArrayList<>();
    history.forEach(steps::add);
    java.util.Collections.reverse(steps);
    int layers = details.path("RootFS").path("Layers").size();
    List<JsonNode> withLayer = withLayer(steps, layers);
    ImageConfig config = ImageConfig.parse(WireJson.bytes(config(details, steps, withLayer)));
    List<Long> sizes = withLayer.stream().map(s -> s.path("Size").asLong()).toList();
    return new Image(
        Digest.parse(details.path("Id").asText()),
        references(details.path("RepoTags")),
        references(details.path("RepoDigests")),
        config,
        time(details.path("Created").asText()).orElse(Instant.EPOCH),
        sizes.size() == layers ? sizes : List.of(details.path("Size").asLong()));
  }

  private static List<Reference> references(JsonNode names) {
    List<Reference> all = new ArrayList<>();
    for (JsonNode name : names) {
      // What engines of old write for nothing.
      if (!name.asText().startsWith("<none>")) {
        all.add(Reference.parse(name.asText()));
      }
    }
    all.sort(Comparator.comparing(Reference::toString));
    return all;
  }

  /** Which steps made the layers; those without size only where there have to be more. */
  private static List<JsonNode> withLayer(List<JsonNode> steps, int layers) {
    List<JsonNode> sized = steps.stream().filter(s -> s.path("Size").asLong() > 0).toList();
    List<JsonNode> likely =
        steps.stream()
            .filter(
                s ->
                    s.path("Size").asLong() == 0
                        && !WITHOUT_LAYER.matcher(s.path("CreatedBy").asText()).matches())
            .limit(Math.max(0, layers - sized.size()))
            .toList();
    return steps.stream()
        .filter(s -> sized.stream().anyMatch(x -> x == s) || likely.stream().anyMatch(x -> x == s))
        .toList();
  }

  private static ObjectNode config(
      JsonNode details, List<JsonNode> steps, List<JsonNode> withLayer) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    time(details.path("Created").asText()).ifPresent(t -> config.put("created", t.toString()));
    text(details, "Author").ifPresent(a -> config.put("author", a));
    config.put("architecture", text(details, "Architecture").orElse("unknown"));
    config.put("os", text(details, "Os").orElse("linux"));
    text(details, "Variant").ifPresent(v -> config.put("variant", v));
    ObjectNode run = config.putObject("config");
    for (String field : RUN_FIELDS) {
      JsonNode value = details.path("Config").path(field);
      boolean said = value.isTextual() ? !value.asText().isEmpty() : value.size() > 0;
      if (said) {
        run.set(field, value);
      }
    }
    ObjectNode rootfs = config.putObject("rootfs");
    rootfs.put("type", "layers");
    ArrayNode diffIds = rootfs.putArray("diff_ids");
    details.path("RootFS").path("Layers").forEach(diffIds::add);
    ArrayNode history = config.putArray("history");
    for (JsonNode step : steps) {
      ObjectNode one = history.addObject();
      one.put("created", Instant.ofEpochSecond(step.path("Created").asLong()).toString());
      text(step, "CreatedBy").ifPresent(by -> one.put("created_by", by));
      text(step, "Comment").ifPresent(c -> one.put("comment", c));
      if (withLayer.stream().noneMatch(s -> s == step)) {
        one.put("empty_layer", true);
      }
    }
    return config;
  }

  private static Optional<String> text(JsonNode node, String field) {
    return Optional.of(node.path(field).asText("")).filter(t -> !t.isEmpty());
  }

  static Optional<Instant> time(String text) {
    if (text.isEmpty() || text.startsWith("0001-") || text.equals("null")) {
      return Optional.empty();
    }
    try {
      return Optional.of(java.time.OffsetDateTime.parse(text).toInstant());
    } catch (java.time.DateTimeException e) {
      throw new InvalidInputException("The engine's answer has no time: " + text, e);
    }
  }
}
