package io.berth.network;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.NetworkSpec;
import io.berth.api.SubnetSpec;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.net.Cidr;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.SubnetPlan;
import java.time.Instant;
import java.util.List;

/**
 * A network; {@code network.json} in its directory.
 *
 * @param chosen whether its subnets were chosen here, so that others may be chosen when the host
 *     comes to use them
 */
record NetworkConfig(String id, String name, Instant created, NetworkSpec spec, boolean chosen) {
  static final String DEFAULT = "bridge";

  static NetworkConfig parse(byte[] bytes) {
    JsonReader json = Json.parse("network", bytes);
    return new NetworkConfig(
        json.string("id"),
        json.string("name"),
        json.at("created").instant(),
        new NetworkSpec(
            json.string("driver"),
            json.flag("internal"),
            json.flag("ipv6"),
            json.list("subnets", NetworkConfig::subnet),
            json.stringMap("options"),
            json.stringMap("labels")),
        json.flag("chosen"));
  }

  private static SubnetSpec subnet(JsonReader json) {
    return new SubnetSpec(
        json.string("subnet"),
        json.optionalString("gateway"),
        json.optionalString("range"),
        json.stringMap("reserved"));
  }

  byte[] toBytes() {
    return new JsonWriter()
        .put("id", id)
        .put("name", name)
        .put("created", created)
        .put("driver", spec.driver())
        .flag("internal", spec.internal())
        .flag("ipv6", spec.ipv6())
        .list("subnets", spec.subnets(), NetworkConfig::write)
        .strings("options", spec.options())
        .strings("labels", spec.labels())
        .flag("chosen", chosen)
        .toBytes();
  }

  private static JsonNode write(SubnetSpec subnet) {
    return new JsonWriter()
        .put("subnet", subnet.subnet())
        .put("gateway", subnet.gateway())
        .put("range", subnet.range())
        .strings("reserved", subnet.reserved())
        .toNode();
  }

  /** The one that is always there, whose containers do not find each other by name. */
  boolean isDefault() {
    return name.equals(DEFAULT);
  }

  NetworkConfig subnets(List<SubnetSpec> subnets) {
    NetworkSpec now =
        new NetworkSpec(
            spec.driver(), spec.internal(), spec.ipv6(), subnets, spec.options(), spec.labels());
    return new NetworkConfig(id, name, created, now, chosen);
  }

  NetworkPlan plan() {
    return new NetworkPlan(
        id,
        name,
        spec.internal(),
        spec.subnets().stream()
            .map(
                s ->
                    new SubnetPlan(
                        Cidr.parse(s.subnet()).network(), Cidr.address(s.gateway().orElseThrow())))
            .toList(),
        spec.options());
  }
}
