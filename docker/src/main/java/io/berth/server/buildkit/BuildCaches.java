package io.berth.server.buildkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.BuildRequest;
import io.berth.error.InvalidInputException;
import io.berth.server.buildkit.SolveRequest.Option;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The caches that a build is to take from and to write to: those in registries. */
final class BuildCaches {
  private static final String REGISTRY = "registry";

  private final Consumer<String> warn;

  /**
   * @param warn hears of caches that are passed over
   */
  BuildCaches(Consumer<String> warn) {
    this.warn = warn;
  }

  void apply(SolveRequest request, BuildRequest build) {
    for (Option cache : from(request.attributes())) {
      if (cache.type().equals(REGISTRY)) {
        build.cacheFrom("type=registry,ref=" + cache.get("ref"));
      } else {
        pass("from", cache);
      }
    }
    for (Option cache : request.cacheTo()) {
      if (cache.type().equals(REGISTRY)) {
        String mode = cache.get("mode").equals("max") ? ",mode=max" : "";
        build.cacheTo("type=registry,ref=" + cache.get("ref") + mode);
      } else {
        pass("to", cache);
      }
    }
  }

  private void pass(String direction, Option cache) {
    warn.accept(
        "The cache "
            + direction
            + " type="
            + cache.type()
            + " is passed over: Berth keeps its own, and exchanges it by type=registry,ref=NAME");
  }

  private static List<Option> from(Map<String, String> attributes) {
    List<Option> caches = new ArrayList<>();
    String json = attributes.getOrDefault("cache-imports", "");
    if (!json.isEmpty()) {
      JsonNode list = WireJson.read(json.getBytes(StandardCharsets.UTF_8), JsonNode.class);
      if (!list.isArray()) {
        throw new InvalidInputException("Invalid cache-imports: expected a list");
      }
      for (JsonNode each : list) {
        Map<String, String> options = new LinkedHashMap<>();
        each.path("Attrs")
            .properties()
            .forEach(p -> options.put(p.getKey(), p.getValue().asText()));
        caches.add(new Option(each.path("Type").asText(), options));
      }
    }
    Stream.of(attributes.getOrDefault("cache-from", "").split(","))
        .filter(ref -> !ref.isEmpty())
        .map(ref -> new Option(REGISTRY, Map.of("ref", ref)))
        .forEach(caches::add);
    return caches;
  }
}
