package io.berth.container;

import io.berth.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Says who events are about, in the form that a monitor completes. */
final class Actors {
  private Actors() {}

  /**
   * The actor's JSON object without its last two braces.
   *
   * @param more attributes besides the container's name, image and labels
   */
  static String of(ContainerConfig config, Map<String, String> more) {
    byte[] json =
        new JsonWriter()
            .put("ID", config.id())
            .strings("Attributes", attributes(config, more))
            .toBytes();
    String text = new String(json, StandardCharsets.UTF_8).strip();
    return text.substring(0, text.length() - 2);
  }

  /** The inside of a JSON string. */
  static String escape(String text) {
    String quoted = JsonWriter.quote(text);
    return quoted.substring(1, quoted.length() - 1);
  }

  static Map<String, String> attributes(ContainerConfig config, Map<String, String> more) {
    Map<String, String> attributes = new TreeMap<>(config.spec().labels());
    attributes.put("image", config.spec().image());
    attributes.put("name", config.name());
    attributes.putAll(more);
    return attributes;
  }
}
