package io.berth.server.buildkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;
import io.berth.server.api.JsonLines;
import io.berth.server.buildkit.SolveRequest.Option;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.http.HttpError;
import io.berth.server.http.Query;
import io.berth.server.wire.WireJson;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A build as clients without buildx ask BuildKit for it: {@code POST /build?version=2}, whose files
 * are in a session, and whose progress comes as StatusResponses among the lines of the answer.
 */
final class SessionBuild {
  private static final String CLIENT = "client-session";

  private final Query query;

  SessionBuild(Query query) {
    this.query = query;
  }

  /** The same as buildx would ask for it. */
  SolveRequest request() {
    if (query.get("session").isEmpty()) {
      throw HttpError.badRequest("a build of version 2 needs a session");
    }
    String id = query.optional("buildid").orElseGet(() -> UUID.randomUUID().toString());
    return new SolveRequest(
        id,
        query.get("session"),
        "dockerfile.v0",
        attributes(),
        Map.of(),
        exporters(),
        List.of(),
        query.get("networkmode").equals("host") ? List.of("network.host") : List.of());
  }

  private Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    String remote = query.get("remote");
    if (remote.equals(Uploads.PREFIX)) {
      attributes.put("context", Uploads.PREFIX + ":" + query.get("buildid"));
    } else if (!remote.isEmpty() && !remote.equals(CLIENT)) {
      attributes.put("context", remote);
    }
    put(attributes, "dockerfile", "filename");
    put(attributes, "target", "target");
    put(attributes, "platform", "platform");
    put(attributes, "shmsize", "shm-size");
    texts("buildargs").forEach((name, value) -> attributes.put("build-arg:" + name, value));
    texts("labels").forEach((name, value) -> attributes.put("label:" + name, value));
    if (query.flag("nocache")) {
      attributes.put("no-cache", "");
    }
    if (query.flag("pull")) {
      attributes.put("image-resolve-mode", "pull");
    }
    String network = query.get("networkmode");
    if (!network.isEmpty() && !network.equals("default")) {
      attributes.put("force-network-mode", network);
    }
    if (!query.get("extrahosts").isEmpty()) {
      List<String> hosts = new ArrayList<>();
      for (String host : query.get("extrahosts").split(",")) {
        hosts.add(host.replaceFirst(":", "="));
      }
      attributes.put("add-hosts", String.join(",", hosts));
    }
    List<String> caches = new ArrayList<>();
    json("cachefrom").ifPresent(list -> list.forEach(c -> caches.add(c.asText())));
    attributes.put("cache-from", String.join(",", caches));
    return attributes;
  }

  private void put(Map<String, String> attributes, String from, String to) {
    query
        .optional(from)
        .filter(v -> !v.isEmpty() && !v.equals("0"))
        .ifPresent(v -> attributes.put(to, v));
  }

  private List<Option> exporters() {
    List<Option> exporters = new ArrayList<>();
    json("outputs")
        .ifPresent(
            list -> {
              for (JsonNode each : list) {
                Map<String, String> attributes = new LinkedHashMap<>();
                each.path("Attrs")
                    .properties()
                    .forEach(p -> attributes.put(p.getKey(), p.getValue().asText()));
                exporters.add(new Option(each.path("Type").asText(), attributes));
              }
            });
    if (exporters.isEmpty()) {
      exporters.add(new Option("moby", Map.of("name", String.join(",", query.all("t")))));
    }
    return exporters;
  }

  private Optional<JsonNode> json(String name) {
    return query
        .optional(name)
        .filter(text -> !text.isEmpty() && !text.equals("null"))
        .map(
            text -> {
              try {
                return WireJson.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
              } catch (InvalidInputException e) {
                throw new HttpError(400, "error reading " + name + ": " + e.getMessage(), e);
              }
            });
  }

  private Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    json(name)
        .ifPresent(
            node ->
                node.properties().stream()
                    .filter(p -> p.getValue().isTextual())
                    .forEach(p -> texts.put(p.getKey(), p.getValue().textValue())));
    return texts;
  }

  /** Sends what a job tells, from its beginning to its end. */
  static void follow(StatusLog log, JsonLines lines) {
    try {
      int index = 0;
      for (Optional<ProtoWriter> next = log.await(index);
          next.isPresent();
          next = log.await(index)) {
        lines.put(Map.of("id", "moby.buildkit.trace", "aux", next.get().toBytes()));
        index++;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      // The client has gone, which cancels the job.
    }
  }
}
