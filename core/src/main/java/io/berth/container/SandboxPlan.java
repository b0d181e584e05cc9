package io.berth.container;

import io.berth.api.SandboxSpec;
import io.berth.linux.FileRights;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import io.berth.runtime.launch.LaunchSpecBuilder;
import io.berth.runtime.security.KernelPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says to the launcher what surrounds a container's process. */
final class SandboxPlan {
  private record Mounted(String target, Runnable add) {
    int depth() {
      return Path.of(target).normalize().getNameCount();
    }
  }

  private final LaunchSpecBuilder spec;
  private final SandboxSpec sandbox;

  SandboxPlan(LaunchSpecBuilder spec, SandboxSpec sandbox) {
    this.spec = spec;
    this.sandbox = sandbox;
  }

  void namespaces(Map<Namespace, Path> joined) {
    Set<Namespace> own = EnumSet.allOf(Namespace.class);
    own.removeAll(joined.keySet());
    removeIf(own, Namespace.NETWORK, sandbox.network().isHost());
    removeIf(own, Namespace.PID, sandbox.pid().isHost());
    removeIf(own, Namespace.IPC, sandbox.ipc().isHost());
    removeIf(own, Namespace.UTS, sandbox.uts().isHost());
    removeIf(own, Namespace.CGROUP, sandbox.cgroup().isHost());
    spec.namespaces(own);
    joined.forEach(spec::join);
  }

  private static void removeIf(Set<Namespace> own, Namespace namespace, boolean host) {
    if (host) {
      own.remove(namespace);
    }
  }

  void names() {
    if (sandbox.uts().isPrivate()) {
      spec.hostname(sandbox.hostname());
      sandbox.domainname().ifPresent(spec::domainname);
    }
  }

  void mounts(
      CgroupLayout layout,
      Optional<ContainerCgroup> cgroup,
      List<Devices.Node> devices,
      Path directory,
      List<PlacedMount> points,
      Roots roots,
      FileRights access,
      Optional<String> label) {
    boolean privileged = sandbox.rights().privileged();
    MountPlan mounts = new MountPlan(spec, sandbox, access, label);
    mounts.base();
    devices.forEach(mounts::device);
    mounts.cgroups(layout, cgroup);
    mounts.etc(directory);
    // What is mounted in another mount comes after it.
    List<Mounted> own = new ArrayList<>();
    sandbox
        .tmpfs()
        .forEach((target, text) -> own.add(new Mounted(target, () -> mounts.tmpfs(target, text))));
    points.forEach(p -> own.add(new Mounted(p.point().target(), () -> mounts.point(p, roots))));
    own.stream().sorted(Comparator.comparing(Mounted::depth)).forEach(m -> m.add().run());
    sandbox.sysctls().forEach((name, value) -> spec.sysctl(Sysctls.file(name), value));
    if (privileged || sandbox.rights().unmasked()) {
      return;
    }
    KernelPaths.READ_ONLY.forEach(spec::readOnly);
    KernelPaths.MASKED.forEach(spec::mask);
    for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
      spec.mask(KernelPaths.MASKED_PER_CPU.formatted(cpu));
    }
  }
}
