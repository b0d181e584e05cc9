package io.berth.archive;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.List;

/**
 * An image in {@code manifest.json}, the table of contents that docker writes.
 *
 * @param config the name of the configuration's file in the archive
 * @param tags familiar names with tags
 * @param layers the names of the layers' files in the archive, lowest first
 */
record DockerImage(String config, List<String> tags, List<String> layers) {
  DockerImage {
    tags = List.copyOf(tags);
    layers = List.copyOf(layers);
  }

  static List<DockerImage> parse(byte[] bytes) {
    return Json.parse(ArchiveNames.MANIFEST, bytes).elements().stream()
        .map(DockerImage::read)
        .toList();
  }

  private static DockerImage read(JsonReader json) {
    return new DockerImage(json.string("Config"), json.strings("RepoTags"), json.strings("Layers"));
  }

  ObjectNode toNode() {
    return new JsonWriter()
        .put("Config", config)
        .fullList("RepoTags", tags, JsonNodeFactory.instance::textNode)
        .fullList("Layers", layers, JsonNodeFactory.instance::textNode)
        .toNode();
  }
}
