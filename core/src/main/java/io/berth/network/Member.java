package io.berth.network;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Endpoint;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.PortForward;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A running container in a network.
 *
 * @param owner its directory, below the data directory
 * @param routed whether its default routes lead through this network
 * @param names that its neighbours find it by; its own first
 * @param forwards ports of the host that lead to it through this network
 */
record Member(
    EndpointPlan endpoint,
    String owner,
    String containerId,
    String containerName,
    boolean routed,
    List<String> names,
    List<PortForward> forwards) {

  static Member parse(byte[] bytes) {
    JsonReader json = Json.parse("member", bytes);
    return new Member(
        new EndpointPlan(
            json.string("id"),
            json.string("interface"),
            json.at("mac").as("a MAC address", MacAddress::new),
            json.list("addresses", a -> a.as("an address", Cidr::parse)),
            json.list("gateways", a -> a.as("an address", Cidr::address))),
        json.string("owner"),
        json.string("containerId"),
        json.string("containerName"),
        json.flag("routed"),
        json.strings("names"),
        json.list("forwards", Member::forward));
  }

  private static PortForward forward(JsonReader json) {
    return new PortForward(
        (int) json.integer("protocol"),
        Cidr.address(json.string("hostAddress")),
        (int) json.integer("hostPort"),
        Cidr.address(json.string("target")),
        (int) json.integer("targetPort"));
  }

  byte[] toBytes() {
    return new JsonWriter()
        .put("id", endpoint.id())
        .put("interface", endpoint.interfaceName())
        .put("mac", endpoint.mac().value())
        .strings("addresses", endpoint.addresses().stream().map(Cidr::toString).toList())
        .strings("gateways", endpoint.gateways().stream().map(Cidr::text).toList())
        .put("owner", owner)
        .put("containerId", containerId)
        .put("containerName", containerName)
        .flag("routed", routed)
        .strings("names", names)
        .list("forwards", forwards, Member::write)
        .toBytes();
  }

  private static JsonNode write(PortForward forward) {
    return new JsonWriter()
        .put("protocol", forward.protocol())
        .put("hostAddress", Cidr.text(forward.hostAddress()))
        .put("hostPort", forward.hostPort())
        .put("target", Cidr.text(forward.target()))
        .put("targetPort", forward.targetPort())
        .toNode();
  }

  Member with(List<PortForward> now) {
    return new Member(endpoint, owner, containerId, containerName, routed, names, now);
  }

  Member routed(boolean now, List<InetAddress> gateways) {
    EndpointPlan changed =
        new EndpointPlan(
            endpoint.id(),
            endpoint.interfaceName(),
            endpoint.mac(),
            endpoint.addresses(),
            gateways);
    return new Member(changed, owner, containerId, containerName, now, names, forwards);
  }

  List<String> addresses() {
    return endpoint.addresses().stream().map(a -> Cidr.text(a.address())).toList();
  }

  Optional<InetAddress> address(boolean ipv6) {
    return endpoint.addresses().stream()
        .filter(a -> a.isIpv6() == ipv6)
        .map(Cidr::address)
        .findFirst();
  }

  Endpoint describe(NetworkConfig network) {
    List<String> own = new ArrayList<>(names);
    return new Endpoint(
        endpoint.id(),
        network.id(),
        network.name(),
        containerId,
        containerName,
        endpoint.interfaceName(),
        endpoint.mac().value(),
        cidr(false),
        cidr(true),
        gateway(network, false),
        gateway(network, true),
        own);
  }

  private Optional<String> cidr(boolean ipv6) {
    return endpoint.addresses().stream()
        .filter(a -> a.isIpv6() == ipv6)
        .map(Cidr::toString)
        .findFirst();
  }

  private static Optional<String> gateway(NetworkConfig network, boolean ipv6) {
    return network.spec().internal()
        ? Optional.empty()
        : network.plan().subnets().stream()
            .filter(s -> s.subnet().isIpv6() == ipv6)
            .map(s -> Cidr.text(s.gateway()))
            .findFirst();
  }
}
