package io.berth.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkingSpec;
import io.berth.api.PublishSpec;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;

/** The JSON form of how a container is reached. */
final class NetworkingJson {
  private NetworkingJson() {}

  static NetworkingSpec read(JsonReader json) {
    return json.isPresent()
        ? new NetworkingSpec(
            json.list("attachments", NetworkingJson::readAttachment),
            json.list("published", NetworkingJson::readPublished),
            json.flag("publishAll"))
        : NetworkingSpec.NONE;
  }

  private static NetworkAttachment readAttachment(JsonReader json) {
    return new NetworkAttachment(
        json.string("network"),
        json.strings("aliases"),
        json.stringMap("links"),
        json.optionalString("ip"),
        json.optionalString("ip6"),
        json.optionalString("mac"));
  }

  private static PublishSpec readPublished(JsonReader json) {
    return new PublishSpec(
        (int) json.integer("containerPort"),
        json.string("protocol"),
        json.optionalString("hostAddress"),
        (int) json.integer("first"),
        (int) json.integer("last"));
  }

  static JsonNode write(NetworkingSpec networking) {
    return new JsonWriter()
        .list("attachments", networking.attachments(), NetworkingJson::write)
        .list("published", networking.published(), NetworkingJson::write)
        .flag("publishAll", networking.publishAll())
        .toNode();
  }

  private static JsonNode write(NetworkAttachment attachment) {
    return new JsonWriter()
        .put("network", attachment.network())
        .strings("aliases", attachment.aliases())
        .strings("links", attachment.links())
        .put("ip", attachment.ip())
        .put("ip6", attachment.ip6())
        .put("mac", attachment.mac())
        .toNode();
  }

  private static JsonNode write(PublishSpec port) {
    return new JsonWriter()
        .put("containerPort", port.containerPort())
        .put("protocol", port.protocol())
        .put("hostAddress", port.hostAddress())
        .put("first", port.first())
        .put("last", port.last())
        .toNode();
  }
}
