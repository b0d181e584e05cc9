package io.berth.container;

import io.berth.api.DeviceSpec;
import io.berth.api.MountPoint;
import io.berth.api.MountSpec;
import io.berth.api.MountSpec.TmpfsMountOptions;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkMode;
import io.berth.api.Resources;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.runtime.security.DeviceRule;
import io.berth.text.ByteSize;
import io.berth.volume.MountGrammar;
import io.berth.volume.MountGrammar.VolumesFrom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is to surround a container's process, checked as it comes. */
final class SandboxDraft {
  private static final Pattern HOSTNAME = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62})?");

  private static final Pattern CGROUP = Pattern.compile("/?([A-Za-z0-9_-][A-Za-z0-9_.:@-]*/?)+");

  private final RightsDraft rights = new RightsDraft();
  private final NetworkingDraft networking = new NetworkingDraft();
  private final Map<String, String> sysctls = new LinkedHashMap<>();
  private final Map<String, String> tmpfs = new LinkedHashMap<>();
  private final List<MountSpec> mounts = new ArrayList<>();
  private final List<VolumesFrom> volumesFrom = new ArrayList<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private final List<String> extraHosts = new ArrayList<>();
  private final List<String> dns = new ArrayList<>();
  private final List<String> dnsSearch = new ArrayList<>();
  private final List<String> dnsOptions = new ArrayList<>();
  private final List<DeviceSpec> devices = new ArrayList<>();
  private final List<String> deviceRules = new ArrayList<>();
  private Optional<String> hostname = Optional.empty();
  private Optional<String> domainname = Optional.empty();
  private Optional<String> volumeDriver = Optional.empty();
  private Optional<Long> shmSize = Optional.empty();
  private Optional<Integer> oomScoreAdjust = Optional.empty();
  private Resources resources = Resources.none();
  private NamespaceMode pid = NamespaceMode.PRIVATE;
  private NamespaceMode ipc = NamespaceMode.PRIVATE;
  private NamespaceMode uts = NamespaceMode.PRIVATE;
  private NamespaceMode cgroup = NamespaceMode.PRIVATE;
  private Optional<String> cgroupParent = Optional.empty();
  private boolean readOnlyRoot;

  static void check(boolean valid, String message) {
    if (!valid) {
      throw new InvalidInputException(message);
    }
  }

  private static void checkTarget(String target) {
    check(
        target.startsWith("/"),
        "Invalid mount target \"" + target + "\": expected an absolute path");
    check(!target.equals("/"), "Invalid mount target \"/\": the root cannot be a mount");
  }

  RightsDraft rights() {
    return rights;
  }

  void hostname(String hostname) {
    check(
        HOSTNAME.matcher(hostname).matches(),
        "Invalid hostname \"" + hostname + "\": expected at most 63 letters, digits, - and .");
    this.hostname = Optional.of(hostname);
  }

  void domainname(String domainname) {
    this.domainname = Optional.of(domainname);
  }

  NetworkingDraft networking() {
    return networking;
  }

  void pid(NamespaceMode mode) {
    this.pid = mode;
  }

  void ipc(NamespaceMode mode) {
    this.ipc = mode;
  }

  void uts(NamespaceMode mode) {
    this.uts = mode;
  }

  void cgroup(NamespaceMode mode) {
    check(
        mode.isPrivate() || mode.isHost(),
        "Invalid cgroup namespace \"" + mode + "\": expected private or host");
    this.cgroup = mode;
  }

  void cgroupParent(String path) {
    check(
        CGROUP.matcher(path).matches() && !Path.of("/" + path).normalize().equals(Path.of("/")),
        "Invalid cgroup parent \""
            + path
            + "\": expected the path of a group, such as /batch/low, without . and ..");
    this.cgroupParent = Optional.of(path);
  }

  void extraHost(String name, String address) {
    String entry = name + ":" + address;
    EtcPlan.check(entry);
    extraHosts.add(entry);
  }

  void dns(String address) {
    dns.add(address);
  }

  void dnsSearch(String domain) {
    dnsSearch.add(domain);
  }

  void dnsOption(String option) {
    dnsOptions.add(option);
  }

  void bind(Path source, String target, boolean readOnly) {
    checkTarget(target);
    check(
        Files.exists(source),
        "Cannot bind " + source + ": it does not exist. Create it before the container.");
    MountSpec bind = MountSpec.bind(source.toAbsolutePath().normalize().toString(), target);
    mounts.add(readOnly ? bind.asReadOnly() : bind);
  }

  void mount(MountSpec mount) {
    MountGrammar.check(mount);
    if (mount.type() == MountSpec.Type.TMPFS) {
      TmpfsMountOptions options = mount.tmpfs();
      List<String> words = new ArrayList<>();
      options.size().ifPresent(size -> words.add("size=" + size));
      options.mode().ifPresent(mode -> words.add("mode=" + Integer.toOctalString(mode)));
      if (mount.readOnly()) {
        words.add("ro");
      }
      tmpfs(mount.target(), String.join(",", words));
      return;
    }
    boolean missing = mount.type() == MountSpec.Type.BIND && !mount.createSource();
    check(
        !(missing && !Files.exists(Path.of(mount.source()))),
        "invalid mount config for type \"bind\": bind source path does not exist: "
            + mount.source());
    mounts.add(mount);
  }

  void volumesFrom(String container) {
    volumesFrom.add(MountGrammar.volumesFrom(container));
  }

  void volumeDriver(String name) {
    this.volumeDriver = Optional.of(name).filter(n -> !n.isEmpty());
  }

  MountDraft mounts() {
    return new MountDraft(mounts, volumesFrom, tmpfs.keySet(), volumeDriver);
  }

  void tmpfs(String target, String options) {
    checkTarget(target);
    TmpfsOptions.parse(options);
    tmpfs.put(target, options);
  }

  void shmSize(String size) {
    long bytes = ByteSize.parse(size);
    check(bytes > 0, "Invalid size of /dev/shm " + size + ": it must be greater than 0");
    this.shmSize = Optional.of(bytes);
  }

  void readOnlyRoot(boolean readOnly) {
    this.readOnlyRoot = readOnly;
  }

  void device(DeviceSpec device) {
    devices.add(device);
  }

  void deviceRule(String rule) {
    DeviceRule.allow(rule);
    deviceRules.add(rule);
  }

  void memory(String size) {
    limit(Resources.builder().memory(ByteSize.parse(size)));
  }

  void cpus(double count) {
    int present = Runtime.getRuntime().availableProcessors();
    check(
        count >= 0.01 && count <= present,
        "Invalid number of CPUs " + count + ": expected 0.01 to " + present + ", as this host has");
    limit(Resources.builder().cpus(count));
  }

  void pidsLimit(long count) {
    check(count > 0, "Invalid pids limit " + count + ": expected at least 1");
    limit(Resources.builder().pids(count));
  }

  private void limit(Resources.Builder more) {
    resources = resources.with(more.build());
  }

  void resources(Resources resources) {
    LimitPlan.of(resources);
    this.resources = resources;
  }

  void oomScoreAdjust(int value) {
    check(
        value >= -1000 && value <= 1000,
        "Invalid OOM score adjustment " + value + ": expected -1000 to 1000");
    this.oomScoreAdjust = Optional.of(value);
  }

  void ulimit(String name, long soft, long hard) {
    Ulimits.number(name);
    ulimits.add(new Ulimit(name, soft, hard));
  }

  void sysctl(String name, String value) {
    Sysctls.check(name);
    sysctls.put(name, value);
  }

  /**
   * @param points the mounts of {@link #mounts()}, resolved
   * @param fallbackHostname where none was given and the namespace is the container's own
   */
  SandboxSpec build(String fallbackHostname, List<MountPoint> points) {
    NetworkMode network = networking.mode();
    check(
        !(network.isHost() && sysctls.keySet().stream().anyMatch(n -> n.startsWith("net."))),
        "A net. sysctl is not allowed with the host's network: it would change the host");
    check(
        uts.isPrivate() || hostname.isEmpty(),
        "A hostname is not allowed with the UTS namespace of the host or another container");
    return new SandboxSpec(
        hostname.orElseGet(() -> network.isHost() ? thisHost() : fallbackHostname),
        domainname,
        network,
        pid,
        ipc,
        uts,
        cgroup,
        extraHosts,
        dns,
        dnsSearch,
        dnsOptions,
        points,
        tmpfs,
        shmSize,
        readOnlyRoot,
        devices,
        deviceRules,
        rights.build(),
        resources,
        ulimits,
        sysctls,
        oomScoreAdjust,
        cgroupParent);
  }

  private static String thisHost() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
