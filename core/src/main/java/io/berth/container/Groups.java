package io.berth.container;

import io.berth.api.SandboxSpec;
import io.berth.error.ConflictException;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.CgroupManager;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.security.DeviceFilter;
import java.util.Optional;
import java.util.stream.Stream;

/** The cgroups of containers, below the parents that they ask for. */
final class Groups {
  private final CgroupLayout layout;
  private final CgroupManager manager;

  Groups(CgroupLayout layout, CgroupManager manager) {
    this.layout = layout;
    this.manager = manager;
  }

  private CgroupManager manager(SandboxSpec sandbox) {
    return sandbox.cgroupParent().map(manager::below).orElse(manager);
  }

  ContainerCgroup create(String id, SandboxSpec sandbox, Limits limits, DeviceFilter devices) {
    CgroupManager own = manager(sandbox);
    try {
      return own.create(id, limits, devices);
    } catch (ConflictException e) {
      // Left by a JVM or a monitor that was killed: nothing runs in it, as the caller knows.
      own.find(id).ifPresent(Groups::removeWithAll);
      return own.create(id, limits, devices);
    }
  }

  Optional<ContainerCgroup> find(String id, SandboxSpec sandbox) {
    return manager(sandbox).find(id);
  }

  /** Of a container below the usual parent. */
  Optional<ContainerCgroup> find(String id) {
    return manager.find(id);
  }

  /**
   * A launch that failed, or a monitor that was killed, may leave processes that are still dying.
   */
  static void removeWithAll(ContainerCgroup cgroup) {
    cgroup.kill();
    cgroup.remove();
  }

  /** The path from the top of the trees, which is the same in all of them but for odd layouts. */
  Optional<String> path(ContainerCgroup cgroup) {
    return Stream.concat(layout.unified().stream(), layout.v1().values().stream())
        .flatMap(
            tree ->
                cgroup.directories().stream()
                    .filter(directory -> directory.startsWith(tree.root()))
                    .map(directory -> "/" + tree.root().relativize(directory)))
        .findFirst();
  }
}
