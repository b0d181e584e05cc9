package io.berth;

import io.berth.layers.FuseOverlay;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.Cgroups;
import io.berth.runtime.launch.NativeLauncher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this host or this user cannot have, each with its consequence. */
final class HostWarnings {
  private HostWarnings() {}

  /**
   * @param chosen whether the snapshot driver was chosen, so that it needs no reason
   */
  static List<String> of(
      Path data,
      Snapshotter snapshotter,
      boolean chosen,
      NativeLauncher launcher,
      CgroupLayout layout,
      boolean rootless) {
    List<String> all = new ArrayList<>();
    if (!chosen) {
      ofDriver(data, snapshotter).ifPresent(all::add);
    }
    launcher
        .idShortage()
        .ifPresent(
            why ->
                all.add(
                    why
                        + "; files of all owners are stored as this user's, and containers run as"
                        + " their root only"));
    if (rootless) {
      Cgroups.whyNoLimits(layout)
          .ifPresent(
              why ->
                  all.add(
                      why
                          + "; containers have no limits of memory, cpu or processes and cannot be"
                          + " paused"));
    }
    return List.copyOf(all);
  }

  private static Optional<String> ofDriver(Path data, Snapshotter snapshotter) {
    String consequence =
        switch (snapshotter.name()) {
          case "copy" -> "; every container and build step is a full copy of its image";
          case FuseOverlay.PROGRAM -> "; fuse-overlayfs is used, which is slower";
          default -> "";
        };
    return consequence.isEmpty()
        ? Optional.empty()
        : Snapshotters.probe(data.resolve("snapshots"), snapshotter.access())
            .reason()
            .map(why -> why + consequence);
  }
}
