package io.berth.container;

import io.berth.build.StepRunner.StepMount;
import io.berth.linux.FileRights;
import io.berth.runtime.launch.LaunchSpecBuilder;
import java.util.Optional;

/** Says to the launcher what a build step has mounted besides what every container has. */
final class StepMounts {
  private static final long RDONLY = 1;
  private static final long BIND = 4096;

  private StepMounts() {}

  static void add(LaunchSpecBuilder spec, Launch launch, Roots roots, FileRights access) {
    MountPlan plan = new MountPlan(spec, launch.sandbox(), access, Optional.empty());
    for (StepMount mount : launch.mounts()) {
      if (mount instanceof StepMount.Tree tree) {
        long flags = BIND | (tree.readOnly() ? RDONLY : 0);
        roots.addTree(spec, tree.root(), tree.source(), tree.target(), flags);
      } else if (mount instanceof StepMount.Host host) {
        plan.bind(host.source(), host.target(), host.readOnly());
      } else if (mount instanceof StepMount.Tmpfs tmpfs) {
        String size = tmpfs.size().isPresent() ? ",size=" + tmpfs.size().getAsLong() : "";
        plan.tmpfs(tmpfs.target(), "exec,mode=1777" + size);
      }
    }
  }
}
