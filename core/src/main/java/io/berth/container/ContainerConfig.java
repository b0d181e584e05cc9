package io.berth.container;

import io.berth.api.ContainerSpec;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.time.Instant;

/** What a container is; {@code config.json} in its directory. */
record ContainerConfig(String id, String name, Instant created, ContainerSpec spec) {

  static final String SNAPSHOT_PREFIX = "container-";
  private static final int MAX_BYTES = 16 << 20;

  static ContainerConfig parse(byte[] bytes) {
    JsonReader json = Json.parse("container", bytes, MAX_BYTES);
    return new ContainerConfig(
        json.string("id"),
        json.string("name"),
        json.at("created").instant(),
        SpecJson.read(json.at("spec")));
  }

  byte[] toBytes() {
    return new JsonWriter()
        .put("id", id)
        .put("name", name)
        .put("created", created)
        .put("spec", SpecJson.write(spec))
        .toBytes();
  }

  ContainerConfig named(String newName) {
    return new ContainerConfig(id, newName, created, spec);
  }

  ContainerConfig with(ContainerSpec newSpec) {
    return new ContainerConfig(id, name, created, newSpec);
  }

  /** Whether it has a name of its own, rather than the first digits of its id. */
  boolean hasName() {
    return !id.startsWith(name);
  }

  /** The key of its active snapshot. */
  String snapshotKey() {
    return SNAPSHOT_PREFIX + id;
  }
}
