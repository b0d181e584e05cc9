package io.berth.server.resource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.server.api.ApiVersion;
import io.berth.server.wire.GraphDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The document of {@code docker info}: what the engine has, and what it runs on. */
final class HostInfo {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Engine engine;
  private final String version;
  private final Clock clock;

  HostInfo(Engine engine, String version, Clock clock) {
    this.engine = engine;
    this.version = version;
    this.clock = clock;
  }

  static String goArchitecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  ObjectNode info(ApiVersion api) {
    List<Status> states =
        engine.containers().list().stream().map(Container::state).map(s -> s.status()).toList();
    ObjectNode info = NODES.objectNode();
    info.put("ID", identity())
        .put("Containers", states.size())
        .put("ContainersRunning", count(states, Status.RUNNING))
        .put("ContainersPaused", count(states, Status.PAUSED))
        .put("ContainersStopped", states.stream().filter(s -> !s.isActive()).count())
        .put("Images", engine.images().list().size())
        .put("Driver", GraphDriver.name(engine.storage().driver()));
    info.putArray("DriverStatus").add(texts(List.of("Berth driver", engine.storage().driver())));
    plugins(info);
    for (String limit :
        List.of(
            "MemoryLimit",
            "SwapLimit",
            "CpuCfsPeriod",
            "CpuCfsQuota",
            "CPUShares",
            "CPUSet",
            "PidsLimit",
            "IPv4Forwarding",
            "OomKillDisable")) {
      info.put(limit, true);
    }
    if (api.below(42)) {
      // Linux has no such limits any more.
      info.put("KernelMemory", false).put("KernelMemoryTCP", false);
    }
    if (api.below(50)) {
      info.put("BridgeNfIptables", false).put("BridgeNfIp6tables", false);
    }
    info.put("Debug", false)
        .put("NFd", count(Path.of("/proc/self/fd")))
        .put("NGoroutines", Thread.activeCount())
        .put("SystemTime", clock.instant().toString())
        .put("LoggingDriver", "json-file")
        .put("CgroupDriver", "cgroupfs")
        .put("CgroupVersion", unified() ? "2" : "1")
        .put("NEventsListener", 0);
    host(info);
    registries(info, api);
    engineDetails(info, api);
    info.set("Warnings", engine.warnings().isEmpty() ? NODES.nullNode() : texts(engine.warnings()));
    return info;
  }

  private static long count(List<Status> states, Status status) {
    return states.stream().filter(s -> s == status).count();
  }

  private static long count(Path directory) {
    try (var all = Files.list(directory)) {
      return all.count();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The same as long as the data directory is the same. */
  private String identity() {
    return java.util
        .UUID
        .nameUUIDFromBytes(engine.dataDirectory().toString().getBytes())
        .toString();
  }

  private static com.fasterxml.jackson.databind.node.ArrayNode texts(List<String> texts) {
    var array = NODES.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  private static void plugins(ObjectNode info) {
    ObjectNode plugins = info.putObject("Plugins");
    plugins.set("Volume", texts(List.of("local")));
    plugins.set("Network", texts(List.of("bridge", "host", "null")));
    plugins.putNull("Authorization");
    plugins.set("Log", texts(List.of("json-file", "local")));
  }

  private static void host(ObjectNode info) {
    Map<String, String> release = release();
    info.put("KernelVersion", System.getProperty("os.version"))
        .put("OperatingSystem", release.getOrDefault("PRETTY_NAME", "Linux"))
        .put("OSVersion", release.getOrDefault("VERSION_ID", ""))
        .put("OSType", "linux")
        .put("Architecture", goArchitecture().equals("amd64") ? "x86_64" : "aarch64")
        .put("NCPU", Runtime.getRuntime().availableProcessors())
        .put("MemTotal", memory())
        .put("Name", text(Path.of("/proc/sys/kernel/hostname"), "localhost"));
    info.putNull("GenericResources");
    info.putArray("Labels");
  }

  private static void registries(ObjectNode info, ApiVersion api) {
    info.put("IndexServerAddress", "https://index.docker.io/v1/");
    ObjectNode registries = info.putObject("RegistryConfig");
    if (api.below(49)) {
      registries.putArray("AllowNondistributableArtifactsCIDRs");
      registries.putArray("AllowNondistributableArtifactsHostnames");
    }
    registries.set("InsecureRegistryCIDRs", texts(List.of("127.0.0.0/8", "::1/128")));
    ObjectNode hub = registries.putObject("IndexConfigs").putObject("docker.io");
    hub.put("Name", "docker.io").put("Secure", true).put("Official", true).putArray("Mirrors");
    registries.putArray("Mirrors");
  }

  private void engineDetails(ObjectNode info, ApiVersion api) {
    info.put("DockerRootDir", engine.dataDirectory().toString())
        .put("HttpProxy", "")
        .put("HttpsProxy", "")
        .put("NoProxy", "")
        .put("ExperimentalBuild", false)
        .put("ServerVersion", version);
    info.putObject("Runtimes").putObject("runc").put("path", "runc");
    info.put("DefaultRuntime", "runc");
    ObjectNode swarm = info.putObject("Swarm");
    swarm.put("NodeID", "").put("NodeAddr", "").put("LocalNodeState", "inactive");
    swarm.put("ControlAvailable", false).put("Error", "").putNull("RemoteManagers");
    info.put("LiveRestoreEnabled", true).put("Isolation", "").put("InitBinary", "berth-init");
    for (String part : List.of("ContainerdCommit", "RuncCommit", "InitCommit")) {
      ObjectNode commit = info.putObject(part).put("ID", "");
      if (api.below(49)) {
        commit.put("Expected", "");
      }
    }
    info.set("SecurityOptions", texts(List.of("name=seccomp,profile=builtin")));
    if (api.atLeast(44)) {
      info.putArray("CDISpecDirs");
    }
  }

  private static boolean unified() {
    return Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
  }

  private static Map<String, String> release() {
    return text(Path.of("/etc/os-release"), "")
        .lines()
        .filter(l -> l.indexOf('=') > 0)
        .collect(
            Collectors.toMap(
                l -> l.substring(0, l.indexOf('=')),
                l -> l.substring(l.indexOf('=') + 1).replace("\"", ""),
                (a, b) -> b,
                TreeMap::new));
  }

  private static long memory() {
    return text(Path.of("/proc/meminfo"), "")
        .lines()
        .filter(l -> l.startsWith("MemTotal:"))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  private static String text(Path file, String absent) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return absent;
    }
  }
}
