package io.berth.runtime.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.json.JsonWriter;
import io.berth.linux.FileRights;
import io.berth.linux.IdMap;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.LaunchSpec.Flag;
import io.berth.runtime.launch.LaunchSpec.Item;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import io.berth.runtime.launch.LaunchSpec.Portable;
import io.berth.runtime.security.Architecture;
import io.berth.runtime.security.Capability;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.KernelVersion;
import io.berth.runtime.security.SeccompJson;
import io.berth.runtime.security.SeccompProfile;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A launch in the form of the OCI runtime spec, config.json. What a runtime does by itself, such as
 * the default devices and the links in /dev, is left out; what only the monitor does (logs, health
 * checks, restarts) has no place in it.
 */
public final class OciConfig {
  private static final String VERSION = "1.0.2";
  private static final Map<Namespace, String> NAMESPACES =
      Map.of(
          Namespace.MOUNT, "mount",
          Namespace.CGROUP, "cgroup",
          Namespace.UTS, "uts",
          Namespace.IPC, "ipc",
          Namespace.PID, "pid",
          Namespace.NETWORK, "network");
  static final Set<String> DEFAULT_DEVICES =
      Set.of("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty");
  private static final List<String> LIMITS =
      List.of(
          "CPU",
          "FSIZE",
          "DATA",
          "STACK",
          "CORE",
          "RSS",
          "NPROC",
          "NOFILE",
          "MEMLOCK",
          "AS",
          "LOCKS",
          "SIGPENDING",
          "MSGQUEUE",
          "NICE",
          "RTPRIO",
          "RTTIME");
  private static final String INIT = "/dev/.berth-init";
  private static final int TYPE = 0170000;
  private static final int BLOCK = 0060000;

  private final JsonWriter process = new JsonWriter();
  private final JsonWriter linux = new JsonWriter();
  private final JsonWriter document = new JsonWriter().put("ociVersion", VERSION);
  private final FileRights access;
  private final OciMounts mounts;
  private final List<String> args = new ArrayList<>();
  private final List<String> env = new ArrayList<>();
  private final List<Integer> groups = new ArrayList<>();
  private final List<JsonNode> namespaces = new ArrayList<>();
  private final List<JsonNode> rlimits = new ArrayList<>();
  private final List<JsonNode> devices = new ArrayList<>();
  private final List<String> masked = new ArrayList<>();
  private final List<String> readOnly = new ArrayList<>();
  private final Map<String, String> sysctls = new LinkedHashMap<>();
  private JsonWriter user = new JsonWriter();
  private int flags;

  private OciConfig(Path bundle, FileRights access) {
    this.access = access;
    if (!access.isDirect()) {
      namespaces.add(new JsonWriter().put("type", "user").toNode());
    }
    this.mounts = new OciMounts(bundle);
  }

  /**
   * The config.json of a launch.
   *
   * @param root its root directory, relative to the bundle or absolute
   * @param init the small init, where one is wanted
   * @param access with an agent: the runtime is to make a user namespace with the same ids
   */
  public static byte[] write(
      LaunchSpec spec, Path bundle, String root, Path init, FileRights access) {
    OciConfig config = new OciConfig(bundle, access);
    spec.items().forEach(config::read);
    if (config.has(Flag.INIT)) {
      config.args.addAll(0, List.of(INIT, "init"));
      config.mounts.file(init, INIT);
    }
    return config.finish(root, spec.portable().orElseThrow());
  }

  private void read(Item item) {
    switch (item.tag()) {
      case 2 -> own(item.intAt(0));
      case 3 -> flags = item.intAt(0);
      case 9 -> mounts.base(item.strings(0).get(0));
      case 10 -> mounts.add(item);
      case 11 -> device(item);
      case 13 -> masked.addAll(item.strings(0));
      case 14 -> item.strings(0).stream().filter(p -> !mounts.isCgroups(p)).forEach(readOnly::add);
      case 15 -> sysctls.put(item.strings(0).get(0).replace('/', '.'), item.strings(0).get(1));
      case 16 -> document.put("hostname", item.strings(0).get(0));
      case 17 -> document.put("domainname", item.strings(0).get(0));
      case 18 -> args.addAll(item.strings(0));
      case 19 -> env.addAll(item.strings(0));
      case 20 -> process.put("cwd", item.strings(0).get(0));
      case 21 -> {
        // As the launcher does: a setgid program is not to get around its first group.
        groups.add(0, item.intAt(4));
        user =
            new JsonWriter()
                .put("uid", item.intAt(0))
                .put("gid", item.intAt(4))
                .put("umask", item.intAt(8));
      }
      case 22 -> addGroup(item.intAt(0));
      case 23 -> capabilities(item);
      case 25 -> rlimit(item);
      case 26 -> process.put("oomScoreAdj", item.intAt(0));
      case 28 -> join(item);
      case 34 -> label(item.strings(0));
      default -> {
        // For the monitor alone, or done by every runtime (the links in /dev), or in Portable.
      }
    }
  }

  private void own(int clone) {
    for (Namespace each : Namespace.values()) {
      if ((clone & each.flag()) != 0) {
        namespaces.add(new JsonWriter().put("type", NAMESPACES.get(each)).toNode());
      }
    }
  }

  private void join(Item item) {
    for (Namespace each : Namespace.values()) {
      String file = item.strings(4).get(0);
      // One that this process holds, or passes on, is joined by the monitor, and the runtime
      // inherits it: the file is gone when the container is started again.
      boolean inherited = each == Namespace.NETWORK && (file.isEmpty() || file.contains("/fd/"));
      if (item.intAt(0) == each.flag() && !inherited) {
        namespaces.add(
            new JsonWriter().put("type", NAMESPACES.get(each)).put("path", file).toNode());
      }
    }
  }

  private void device(Item item) {
    String path = item.strings(20).get(0);
    if (DEFAULT_DEVICES.contains(path)) {
      return;
    }
    int mode = item.intAt(0);
    devices.add(
        new JsonWriter()
            .put("path", path)
            .put("type", (mode & TYPE) == BLOCK ? "b" : "c")
            .put("major", item.intAt(4))
            .put("minor", item.intAt(8))
            .put("fileMode", mode & 07777)
            .put("uid", item.intAt(12))
            .put("gid", item.intAt(16))
            .toNode());
  }

  private void capabilities(Item item) {
    JsonWriter sets = new JsonWriter();
    List<String> names = List.of("bounding", "effective", "permitted", "inheritable", "ambient");
    for (int i = 0; i < names.size(); i++) {
      sets.strings(
          names.get(i),
          new CapabilitySet(item.longAt(8 * i))
              .capabilities().stream().map(Capability::fullName).toList());
    }
    process.put("capabilities", sets.toNode());
  }

  private void rlimit(Item item) {
    rlimits.add(
        new JsonWriter()
            .put("type", "RLIMIT_" + LIMITS.get(item.intAt(0)))
            .put("hard", unsigned(item.longAt(12)))
            .put("soft", unsigned(item.longAt(4)))
            .toNode());
  }

  private static JsonNode unsigned(long value) {
    return JsonNodeFactory.instance.numberNode(new BigInteger(Long.toUnsignedString(value)));
  }

  private void label(List<String> fileAndValue) {
    if (fileAndValue.get(0).equals("exec")) {
      process.put("selinuxLabel", fileAndValue.get(1));
    } else {
      process.put("apparmorProfile", fileAndValue.get(1).replaceFirst("^exec ", ""));
    }
  }

  private boolean has(Flag flag) {
    return (flags & 1 << flag.ordinal()) != 0;
  }

  private void addGroup(int gid) {
    if (!groups.contains(gid)) {
      groups.add(gid);
    }
  }

  private byte[] finish(String root, Portable portable) {
    // runc refuses them to an ordinary user, even when it is the first group alone.
    if (access.isDirect() || groups.size() > 1) {
      user.list("additionalGids", groups, JsonNodeFactory.instance::numberNode);
    }
    process
        .put("terminal", has(Flag.TTY))
        .put("user", user.toNode())
        .strings("args", args)
        .strings("env", env)
        .list("rlimits", rlimits, node -> node)
        .put("noNewPrivileges", has(Flag.NO_NEW_PRIVS));
    linux
        .list("namespaces", namespaces, node -> node)
        .list("uidMappings", access.uids().ranges(), OciConfig::mapping)
        .list("gidMappings", access.gids().ranges(), OciConfig::mapping)
        .put("resources", OciResources.write(portable.limits(), portable.devices()))
        .put("cgroupsPath", portable.cgroup())
        .list("devices", devices, node -> node)
        .strings("maskedPaths", masked)
        .strings("readonlyPaths", readOnly)
        .strings("sysctl", sysctls)
        .put("seccomp", portable.seccomp().map(profile -> seccomp(profile, portable)));
    JsonWriter rootNode =
        new JsonWriter().put("path", root).put("readonly", has(Flag.READ_ONLY_ROOT));
    return document
        .put("process", process.toNode())
        .put("root", rootNode.toNode())
        .list("mounts", mounts.all(), node -> node)
        .put("linux", linux.toNode())
        .toBytes();
  }

  private static JsonNode mapping(IdMap.Range range) {
    return new JsonWriter()
        .put("containerID", range.inside())
        .put("hostID", range.outside())
        .put("size", range.count())
        .toNode();
  }

  private static JsonNode seccomp(SeccompProfile profile, Portable portable) {
    return SeccompJson.write(
        profile,
        portable.capabilities(),
        Architecture.running().orElseThrow(),
        KernelVersion.running());
  }
}
