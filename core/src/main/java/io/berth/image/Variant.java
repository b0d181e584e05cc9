package io.berth.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import io.berth.oci.Platform;

/**
 * One of the images that were built together, each for a platform.
 *
 * @param platform that it was built for, which is not always the one that its configuration says
 */
public record Variant(Platform platform, Digest image) {
  static Variant read(JsonReader json) {
    return new Variant(Platform.read(json.at("platform")), Digest.parse(json.at("image").string()));
  }

  ObjectNode toNode() {
    return new JsonWriter()
        .put("platform", platform.toNode())
        .put("image", image.toString())
        .toNode();
  }
}
