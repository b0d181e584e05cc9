package io.berth.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.ContainerSpec;
import io.berth.api.DeviceSpec;
import io.berth.api.LogOptions;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkMode;
import io.berth.api.ProcessSpec;
import io.berth.api.Resources;
import io.berth.api.Resources.Throttle;
import io.berth.api.Resources.ThrottleKind;
import io.berth.api.RestartPolicy;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import io.berth.oci.Healthcheck;
import java.time.Duration;

/** The JSON form of what a container was made with: one field for each component. */
final class SpecJson {
  private SpecJson() {}

  static ContainerSpec read(JsonReader json) {
    return new ContainerSpec(
        json.string("image"),
        json.at("imageId").as("a digest", Digest::parse),
        json.strings("entrypoint"),
        json.strings("command"),
        readProcess(json.at("process")),
        readSandbox(json.at("sandbox")),
        NetworkingJson.read(json.at("networking")),
        json.stringMap("labels"),
        json.strings("exposedPorts"),
        json.flag("detached"),
        json.flag("autoRemove"),
        json.flag("init"),
        json.at("restart").as("a restart policy", RestartPolicy::parse),
        readLog(json.at("log")),
        json.optional("healthcheck").map(Healthcheck::read),
        json.string("stopSignal"),
        Duration.ofMillis(json.integer("stopTimeoutMillis")),
        json.stringMap("annotations"));
  }

  static JsonNode write(ContainerSpec spec) {
    return new JsonWriter()
        .put("image", spec.image())
        .put("imageId", spec.imageId().toString())
        .strings("entrypoint", spec.entrypoint())
        .strings("command", spec.command())
        .put("process", write(spec.process()))
        .put("sandbox", write(spec.sandbox()))
        .put("networking", NetworkingJson.write(spec.networking()))
        .strings("labels", spec.labels())
        .strings("exposedPorts", spec.exposedPorts())
        .flag("detached", spec.detached())
        .flag("autoRemove", spec.autoRemove())
        .flag("init", spec.init())
        .put("restart", spec.restart().toString())
        .put("log", write(spec.log()))
        .put("healthcheck", spec.healthcheck().map(Healthcheck::toNode))
        .put("stopSignal", spec.stopSignal())
        .put("stopTimeoutMillis", spec.stopTimeout().toMillis())
        .strings("annotations", spec.annotations())
        .toNode();
  }

  static ProcessSpec readProcess(JsonReader json) {
    return new ProcessSpec(
        json.strings("args"),
        json.strings("env"),
        json.string("workdir"),
        json.string("user"),
        json.strings("groups"),
        json.flag("tty"),
        json.flag("stdin"));
  }

  static JsonNode write(ProcessSpec process) {
    return new JsonWriter()
        .strings("args", process.args())
        .strings("env", process.env())
        .put("workdir", process.workdir())
        .put("user", process.user())
        .strings("groups", process.groups())
        .flag("tty", process.tty())
        .flag("stdin", process.stdin())
        .toNode();
  }

  private static SandboxSpec readSandbox(JsonReader json) {
    return new SandboxSpec(
        json.string("hostname"),
        json.optionalString("domainname"),
        json.at("network").as("a network", NetworkMode::of),
        json.at("pid").as("a namespace", NamespaceMode::parse),
        json.at("ipc").as("a namespace", NamespaceMode::parse),
        json.at("uts").as("a namespace", NamespaceMode::parse),
        json.optionalString("cgroup").map(NamespaceMode::parse).orElse(NamespaceMode.PRIVATE),
        json.strings("extraHosts"),
        json.strings("dns"),
        json.strings("dnsSearch"),
        json.strings("dnsOptions"),
        json.list("mounts", MountJson::read),
        json.stringMap("tmpfs"),
        json.optionalInteger("shmSize"),
        json.flag("readOnlyRoot"),
        json.list(
            "devices",
            d ->
                new DeviceSpec(
                    d.string("hostPath"), d.string("containerPath"), d.string("permissions"))),
        json.strings("deviceRules"),
        readRights(json.at("rights")),
        readResources(json.at("resources")),
        json.list(
            "ulimits", u -> new Ulimit(u.string("name"), u.integer("soft"), u.integer("hard"))),
        json.stringMap("sysctls"),
        json.optionalInteger("oomScoreAdjust").map(Long::intValue),
        json.optionalString("cgroupParent"));
  }

  private static JsonNode write(SandboxSpec sandbox) {
    return new JsonWriter()
        .put("hostname", sandbox.hostname())
        .put("domainname", sandbox.domainname())
        .put("network", sandbox.network().value())
        .put("pid", sandbox.pid().value())
        .put("ipc", sandbox.ipc().value())
        .put("uts", sandbox.uts().value())
        .put("cgroup", sandbox.cgroup().value())
        .strings("extraHosts", sandbox.extraHosts())
        .strings("dns", sandbox.dns())
        .strings("dnsSearch", sandbox.dnsSearch())
        .strings("dnsOptions", sandbox.dnsOptions())
        .list("mounts", sandbox.mounts(), MountJson::write)
        .strings("tmpfs", sandbox.tmpfs())
        .put("shmSize", sandbox.shmSize())
        .flag("readOnlyRoot", sandbox.readOnlyRoot())
        .list("devices", sandbox.devices(), SpecJson::write)
        .strings("deviceRules", sandbox.deviceRules())
        .put("rights", write(sandbox.rights()))
        .put("resources", write(sandbox.resources()))
        .list("ulimits", sandbox.ulimits(), SpecJson::write)
        .strings("sysctls", sandbox.sysctls())
        .put("oomScoreAdjust", sandbox.oomScoreAdjust())
        .put("cgroupParent", sandbox.cgroupParent())
        .toNode();
  }

  private static JsonNode write(DeviceSpec device) {
    return new JsonWriter()
        .put("hostPath", device.hostPath())
        .put("containerPath", device.containerPath())
        .put("permissions", device.permissions())
        .toNode();
  }

  private static JsonNode write(Ulimit limit) {
    return new JsonWriter()
        .put("name", limit.name())
        .put("soft", limit.soft())
        .put("hard", limit.hard())
        .toNode();
  }

  private static Rights readRights(JsonReader json) {
    return new Rights(
        json.flag("privileged"),
        json.strings("capAdd"),
        json.strings("capDrop"),
        json.flag("noNewPrivileges"),
        json.optionalString("seccomp"),
        json.strings("labels"),
        json.optionalString("apparmor"),
        json.flag("unmasked"));
  }

  private static JsonNode write(Rights rights) {
    return new JsonWriter()
        .flag("privileged", rights.privileged())
        .strings("capAdd", rights.capAdd())
        .strings("capDrop", rights.capDrop())
        .flag("noNewPrivileges", rights.noNewPrivileges())
        .put("seccomp", rights.seccomp())
        .strings("labels", rights.labels())
        .put("apparmor", rights.apparmor())
        .flag("unmasked", rights.unmasked())
        .toNode();
  }

  private static Resources readResources(JsonReader json) {
    return new Resources(
        json.optionalInteger("memory"),
        json.optionalInteger("memorySwap"),
        json.optionalInteger("memoryReservation"),
        json.optionalInteger("memorySwappiness"),
        json.flag("oomKillDisable"),
        json.optionalInteger("nanoCpus"),
        json.optionalInteger("cpuPeriod"),
        json.optionalInteger("cpuQuota"),
        json.optionalInteger("cpuShares"),
        json.optionalInteger("cpuRealtimePeriod"),
        json.optionalInteger("cpuRealtimeRuntime"),
        json.optionalString("cpusetCpus"),
        json.optionalString("cpusetMems"),
        json.optionalInteger("pids"),
        json.optionalInteger("blkioWeight"),
        json.list(
            "throttles",
            t ->
                new Throttle(
                    t.at("kind").as("a kind of limit", ThrottleKind::valueOf),
                    t.string("device"),
                    t.integer("rate"))));
  }

  private static JsonNode write(Resources resources) {
    return new JsonWriter()
        .put("memory", resources.memory())
        .put("memorySwap", resources.memorySwap())
        .put("memoryReservation", resources.memoryReservation())
        .put("memorySwappiness", resources.memorySwappiness())
        .flag("oomKillDisable", resources.oomKillDisable())
        .put("nanoCpus", resources.nanoCpus())
        .put("cpuPeriod", resources.cpuPeriod())
        .put("cpuQuota", resources.cpuQuota())
        .put("cpuShares", resources.cpuShares())
        .put("cpuRealtimePeriod", resources.cpuRealtimePeriod())
        .put("cpuRealtimeRuntime", resources.cpuRealtimeRuntime())
        .put("cpusetCpus", resources.cpusetCpus())
        .put("cpusetMems", resources.cpusetMems())
        .put("pids", resources.pids())
        .put("blkioWeight", resources.blkioWeight())
        .list(
            "throttles",
            resources.throttles(),
            t ->
                new JsonWriter()
                    .put("kind", t.kind().name())
                    .put("device", t.device())
                    .put("rate", t.rate())
                    .toNode())
        .toNode();
  }

  private static LogOptions readLog(JsonReader json) {
    boolean dropped = json.optional("keep").map(JsonReader::bool).map(keep -> !keep).orElse(false);
    LogOptions before = dropped ? LogOptions.NONE : LogOptions.DEFAULT;
    return new LogOptions(
        // Engines before this field was there said whether a log is kept.
        json.optionalString("driver").orElse(before.driver()),
        json.integer("maxSize"),
        (int) json.integer("maxFiles"),
        json.flag("compress"),
        json.stringMap("attributes"));
  }

  private static JsonNode write(LogOptions log) {
    return new JsonWriter()
        .put("driver", log.driver())
        .put("maxSize", log.maxSize())
        .put("maxFiles", log.maxFiles())
        .flag("compress", log.compress())
        .strings("attributes", log.attributes())
        .toNode();
  }
}
