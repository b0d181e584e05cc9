package io.berth.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.api.NetworkMode;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What surrounds a container's process: names, network, mounts, rights and limits.
 *
 * @param memory the most memory, in bytes
 * @param cpus how many CPUs, such as 1.5
 * @param pids how many processes and threads
 * @param sysctls by their dotted names
 */
record SandboxConfig(
    String hostname,
    NetworkMode network,
    List<Bind> binds,
    boolean readOnlyRoot,
    boolean noNewPrivileges,
    boolean seccomp,
    List<String> capAdd,
    List<String> capDrop,
    Optional<Long> memory,
    Optional<String> cpus,
    Optional<Long> pids,
    List<Ulimit> ulimits,
    Map<String, String> sysctls) {

  SandboxConfig {
    binds = List.copyOf(binds);
    capAdd = List.copyOf(capAdd);
    capDrop = List.copyOf(capDrop);
    ulimits = List.copyOf(ulimits);
    sysctls = Map.copyOf(sysctls);
  }

  /** A directory or file of the host, seen at a path of the container. */
  record Bind(String source, String target, boolean readOnly) {
    static Bind read(JsonReader json) {
      return new Bind(json.string("source"), json.string("target"), json.flag("readOnly"));
    }

    JsonNode write() {
      return new JsonWriter()
          .put("source", source)
          .put("target", target)
          .flag("readOnly", readOnly)
          .toNode();
    }
  }

  /** A resource limit by the name that ulimit and docker use. */
  record Ulimit(String name, long soft, long hard) {
    static Ulimit read(JsonReader json) {
      return new Ulimit(json.string("name"), json.integer("soft"), json.integer("hard"));
    }

    JsonNode write() {
      return new JsonWriter().put("name", name).put("soft", soft).put("hard", hard).toNode();
    }
  }

  /** The sandbox of a build step: Docker's defaults, with the given network. */
  static SandboxConfig defaults(String hostname, NetworkMode network) {
    return new SandboxConfig(
        hostname,
        network,
        List.of(),
        false,
        false,
        true,
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Map.of());
  }

  static SandboxConfig read(JsonReader json) {
    return new SandboxConfig(
        json.string("hostname"),
        json.at("network").as("a network mode", NetworkMode::valueOf),
        json.list("binds", Bind::read),
        json.flag("readOnlyRoot"),
        json.flag("noNewPrivileges"),
        json.flag("seccomp"),
        json.strings("capAdd"),
        json.strings("capDrop"),
        json.optionalInteger("memory"),
        json.optionalString("cpus"),
        json.optionalInteger("pids"),
        json.list("ulimits", Ulimit::read),
        json.stringMap("sysctls"));
  }

  JsonWriter write() {
    return new JsonWriter()
        .put("hostname", hostname)
        .put("network", network.name())
        .list("binds", binds, Bind::write)
        .flag("readOnlyRoot", readOnlyRoot)
        .flag("noNewPrivileges", noNewPrivileges)
        .flag("seccomp", seccomp)
        .list("capAdd", capAdd, JsonNodeFactory.instance::textNode)
        .list("capDrop", capDrop, JsonNodeFactory.instance::textNode)
        .put("memory", memory)
        .put("cpus", cpus)
        .put("pids", pids)
        .list("ulimits", ulimits, Ulimit::write)
        .strings("sysctls", sysctls);
  }
}
