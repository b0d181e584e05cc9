package io.berth.container;

import io.berth.api.MountSpec;
import io.berth.volume.MountGrammar.VolumesFrom;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mounts that were asked for.
 *
 * @param tmpfs the targets of file systems in memory
 * @param driver of volumes that name none
 */
record MountDraft(
    List<MountSpec> mounts,
    List<VolumesFrom> volumesFrom,
    Set<String> tmpfs,
    Optional<String> driver) {
  MountDraft {
    mounts = List.copyOf(mounts);
    volumesFrom = List.copyOf(volumesFrom);
    tmpfs = Set.copyOf(tmpfs);
  }
}
