package io.berth.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.MountPoint;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.Relabel;
import io.berth.api.MountSpec.Type;
import io.berth.api.Propagation;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;

/** The JSON form of a container's mounts. */
final class MountJson {
  private MountJson() {}

  static MountPoint read(JsonReader json) {
    return new MountPoint(
        json.at("type").as("a type of mount", Type::valueOf),
        json.optionalString("name").orElse(""),
        json.optionalString("source").orElse(""),
        json.string("target"),
        json.optionalString("driver").orElse(""),
        json.flag("readOnly"),
        new BindOptions(
            json.at("propagation").as("a propagation", Propagation::parse),
            !json.flag("nonRecursive"),
            json.at("scope").as("a scope", ReadOnlyScope::valueOf),
            json.optionalString("relabel").map(Relabel::valueOf).orElse(Relabel.NONE)),
        json.optionalString("subpath").orElse(""),
        json.flag("copy"),
        json.flag("anonymous"),
        json.flag("createSource"));
  }

  static JsonNode write(MountPoint mount) {
    return new JsonWriter()
        .put("type", mount.type().name())
        .put("name", mount.name())
        .put("source", mount.source())
        .put("target", mount.target())
        .put("driver", mount.driver())
        .flag("readOnly", mount.readOnly())
        .put("propagation", mount.options().propagation().toString())
        .flag("nonRecursive", !mount.options().recursive())
        .put("scope", mount.options().scope().name())
        .put("relabel", mount.options().relabel().name())
        .put("subpath", mount.subpath())
        .flag("copy", mount.copy())
        .flag("anonymous", mount.anonymous())
        .flag("createSource", mount.createSource())
        .toNode();
  }
}
