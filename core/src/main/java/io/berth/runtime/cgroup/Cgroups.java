package io.berth.runtime.cgroup;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import io.berth.runtime.linux.BpfCalls;

/** Gives the manager that fits a layout. */
public final class Cgroups {
  private static final String PARENT = "berth";

  private Cgroups() {}

  /** A manager for v1, hybrid or v2. The native library is loaded only when v2 needs it. */
  public static CgroupManager manager(CgroupLayout layout) {
    return manager(layout, PARENT);
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
