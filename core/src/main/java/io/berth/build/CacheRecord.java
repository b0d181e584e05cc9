package io.berth.build;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An exported cache: an OCI artifact with the layers, and this as its configuration.
 *
 * <pre>
 * {"steps": [{"key": "sha256:…", "created": "…", "diffId": "sha256:…", "size": 10240}, …],
 *  "layers": {"sha256:(diffID)": "sha256:(blob)", …}}
 * </pre>
 *
 * @param layers the blob of each layer, by diffID
 */
record CacheRecord(List<Entry> steps, Map<String, String> layers) {
  static final String ARTIFACT = "application/vnd.berth.buildcache.v1";
  static final String CONFIG = "application/vnd.berth.buildcache.config.v1+json";
  private static final int LARGEST = 64 << 20;

  /**
   * What a step came to. The layers that its own rests on are not said: who asks for the key has
   * them.
   */
  record Entry(Digest key, Instant created, Optional<Layer> layer) {}

  record Layer(Digest diffId, long size) {}

  CacheRecord {
    steps = List.copyOf(steps);
    layers = Map.copyOf(layers);
  }

  byte[] toBytes() {
    return new JsonWriter()
        .fullList(
            "steps",
            steps,
            step -> {
              JsonWriter json =
                  new JsonWriter().put("key", step.key().toString()).put("created", step.created());
              step.layer()
                  .ifPresent(
                      layer ->
                          json.put("diffId", layer.diffId().toString()).put("size", layer.size()));
              return json.toNode();
            })
        .strings("layers", layers)
        .toBytes();
  }

  static CacheRecord parse(byte[] bytes) {
    JsonReader json = Json.parse("build cache", bytes, LARGEST);
    List<Entry> steps = new ArrayList<>();
    for (JsonReader step : json.at("steps").elements()) {
      steps.add(
          new Entry(
              step.at("key").as("a digest", Digest::parse),
              step.at("created").instant(),
              step.optional("diffId")
                  .map(
                      diffId ->
                          new Layer(
                              diffId.as("a digest", Digest::parse),
                              step.at("size").integer(0, Long.MAX_VALUE)))));
    }
    return new CacheRecord(steps, json.stringMap("layers"));
  }
}
