package io.berth.container;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import java.time.Instant;
import java.util.Map;

/**
 * What a container was made with; {@code config.json} in its directory.
 *
 * @param image as it was asked for
 * @param imageId the image that this was then
 * @param stopSignal a name or number
 */
record ContainerConfig(
    String id,
    String name,
    String image,
    Digest imageId,
    Instant created,
    ProcessConfig process,
    SandboxConfig sandbox,
    Map<String, String> labels,
    String stopSignal,
    boolean stdin,
    boolean detached,
    boolean autoRemove) {

  static final String SNAPSHOT_PREFIX = "container-";
  private static final int MAX_BYTES = 16 << 20;

  ContainerConfig {
    labels = Map.copyOf(labels);
  }

  static ContainerConfig parse(byte[] bytes) {
    JsonReader json = Json.parse("container", bytes, MAX_BYTES);
    return new ContainerConfig(
        json.string("id"),
        json.string("name"),
        json.string("image"),
        json.at("imageId").as("a digest", Digest::parse),
        json.at("created").instant(),
        ProcessConfig.read(json.at("process")),
        SandboxConfig.read(json.at("sandbox")),
        json.stringMap("labels"),
        json.string("stopSignal"),
        json.flag("stdin"),
        json.flag("detached"),
        json.flag("autoRemove"));
  }

  byte[] toBytes() {
    return new JsonWriter()
        .put("id", id)
        .put("name", name)
        .put("image", image)
        .put("imageId", imageId.toString())
        .put("created", created)
        .put("process", process.write().toNode())
        .put("sandbox", sandbox.write().toNode())
        .strings("labels", labels)
        .put("stopSignal", stopSignal)
        .flag("stdin", stdin)
        .flag("detached", detached)
        .flag("autoRemove", autoRemove)
        .toBytes();
  }

  /** Whether it has a name of its own, rather than the first digits of its id. */
  boolean named() {
    return !id.startsWith(name);
  }

  /** The key of its active snapshot. */
  String snapshotKey() {
    return SNAPSHOT_PREFIX + id;
  }
}
