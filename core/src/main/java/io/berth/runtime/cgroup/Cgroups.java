package io.berth.runtime.cgroup;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.berth.runtime.linux.BpfCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Gives the manager that fits a layout. */
public final class Cgroups {
  private static final String PARENT = "berth";

  private Cgroups() {}

  /** A manager for v1, hybrid or v2. The native library is loaded only when v2 needs it. */
  public static CgroupManager manager(CgroupLayout layout) {
    return manager(layout, PARENT);
  }

  /**
   * A manager for an ordinary user: of a v2 tree that is delegated to it, else of none, with which
   * containers run without limits.
   */
  public static CgroupManager delegated(CgroupLayout layout) {
    return delegated(layout, Files::isWritable, directory -> {});
  }

  static CgroupManager delegated(
      CgroupLayout layout, Predicate<Path> writable, Consumer<Path> made) {
    Optional<String> why = whyNoLimits(layout, writable);
    if (why.isPresent()) {
      return new NoCgroups(why.get());
    }
    CgroupLayout.Tree tree = layout.unified().orElseThrow();
    // As far up as it goes: a JVM in another scope of the user's is to find the same groups.
    Path top = tree.own();
    while (!top.equals(tree.root()) && isDelegated(top.getParent(), writable)) {
      top = top.getParent();
    }
    CgroupLayout.Tree mine = new CgroupLayout.Tree(top, top);
    return new V2CgroupManager(
        new CgroupLayout(Map.of(), Optional.of(mine)), PARENT, made, (directory, program) -> {});
  }

  /** Why an ordinary user's containers can have no limits here, when they cannot. */
  public static Optional<String> whyNoLimits(CgroupLayout layout) {
    return whyNoLimits(layout, Files::isWritable);
  }

  private static Optional<String> whyNoLimits(CgroupLayout layout, Predicate<Path> writable) {
    if (layout.mode() != CgroupLayout.Mode.V2) {
      return Optional.of(
          "the controllers here are those of cgroup v1, which ordinary users are not given (boot"
              + " with systemd.unified_cgroup_hierarchy=1)");
    }
    if (layout.unified().isEmpty()) {
      return Optional.of("no cgroup file system is mounted");
    }
    Path own = layout.unified().get().own();
    return isDelegated(own, writable)
        ? Optional.empty()
        : Optional.of(
            own
                + " is not delegated to this user (systemd: systemd-run --user --scope -p"
                + " Delegate=yes COMMAND)");
  }

  /** What must be writable, by the kernel's documentation (cgroup-v2, "Model of Delegation"). */
  private static boolean isDelegated(Path directory, Predicate<Path> writable) {
    return writable.test(directory)
        && writable.test(directory.resolve("cgroup.procs"))
        && writable.test(directory.resolve("cgroup.subtree_control"));
  }

  static CgroupManager manager(CgroupLayout layout, String parent) {
    if (layout.mode() != CgroupLayout.Mode.V2) {
      return new V1CgroupManager(layout, parent, directory -> {});
    }
    Supplier<BpfCalls> calls = Suppliers.memoize(BpfCalls::new);
    return new V2CgroupManager(
        layout,
        parent,
        directory -> {},
        (directory, program) -> calls.get().attachDeviceProgram(directory, program));
  }
}
