package io.berth.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What surrounds a container's process: names, namespaces, mounts, rights and limits.
 *
 * @param cgroup whose cgroups it sees as the top ones: its own, or the host's
 * @param extraHosts {@code name:address}, for /etc/hosts; the address {@code host-gateway} is this
 *     host's
 * @param dns name servers in place of the host's
 * @param mounts binds, volumes and images
 * @param tmpfs options by the path of a file system in memory, such as {@code size=64m}
 * @param shmSize of /dev/shm, in bytes
 * @param deviceRules more rules of the devices cgroup, as {@code c 42:* rmw}
 * @param sysctls by their dotted names
 * @param cgroupParent the group that its own is below, from the top of each tree
 */
public record SandboxSpec(
    String hostname,
    Optional<String> domainname,
    NetworkMode network,
    NamespaceMode pid,
    NamespaceMode ipc,
    NamespaceMode uts,
    NamespaceMode cgroup,
    List<String> extraHosts,
    List<String> dns,
    List<String> dnsSearch,
    List<String> dnsOptions,
    List<MountPoint> mounts,
    Map<String, String> tmpfs,
    Optional<Long> shmSize,
    boolean readOnlyRoot,
    List<DeviceSpec> devices,
    List<String> deviceRules,
    Rights rights,
    Resources resources,
    List<Ulimit> ulimits,
    Map<String, String> sysctls,
    Optional<Integer> oomScoreAdjust,
    Optional<String> cgroupParent) {

  public SandboxSpec {
    extraHosts = List.copyOf(extraHosts);
    dns = List.copyOf(dns);
    dnsSearch = List.copyOf(dnsSearch);
    dnsOptions = List.copyOf(dnsOptions);
    mounts = List.copyOf(mounts);
    tmpfs = Map.copyOf(tmpfs);
    devices = List.copyOf(devices);
    deviceRules = List.copyOf(deviceRules);
    ulimits = List.copyOf(ulimits);
    sysctls = Map.copyOf(sysctls);
  }

  /** Docker's defaults, with the given network. */
  public static SandboxSpec defaults(String hostname, NetworkMode network) {
    return new SandboxSpec(
        hostname,
        Optional.empty(),
        network,
        NamespaceMode.PRIVATE,
        NamespaceMode.PRIVATE,
        NamespaceMode.PRIVATE,
        NamespaceMode.PRIVATE,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        Optional.empty(),
        false,
        List.of(),
        List.of(),
        Rights.DEFAULT,
        Resources.none(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }
}
