package io.berth.build;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a step came to.
 *
 * @param layer what it added; empty when it changed the configuration only
 * @param created when it was made
 */
record StepResult(Optional<Layer> layer, Instant created) {
  StepResult {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(created, "created");
  }

  /**
   * @param diffId the digest of the layer's tar
   * @param chainId of the stack whose top it is: the snapshot's name
   * @param size of the tar
   */
  record Layer(Digest diffId, Digest chainId, long size) {}

  byte[] toBytes() {
    JsonWriter json = new JsonWriter().put("created", created);
    layer.ifPresent(
        l ->
            json.put("diffId", l.diffId().toString())
                .put("chainId", l.chainId().toString())
                .put("size", l.size()));
    return json.toBytes();
  }

  static StepResult parse(byte[] bytes) {
    JsonReader json = Json.parse("step", bytes);
    Optional<Layer> layer =
        json.optional("diffId")
            .map(
                diffId ->
                    new Layer(
                        diffId.as("a digest", Digest::parse),
                        json.at("chainId").as("a digest", Digest::parse),
                        json.at("size").integer(0, Long.MAX_VALUE)));
    return new StepResult(layer, json.at("created").instant());
  }
}
