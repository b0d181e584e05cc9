package io.berth.container;

import io.berth.api.ContainerState.Status;
import io.berth.layers.SnapshotInfo;
import io.berth.layers.Snapshotter;
import io.berth.linux.FileLock;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * What opening a data directory mends: containers whose monitor was killed get an exit code, and
 * what was being made or removed when a JVM died is removed. Other engines may be at work in the
 * same directory: nothing is touched that is younger than a moment or whose monitor lives.
 */
final class Repair {
  private static final long MOMENT_MILLIS = 60_000;

  private final ContainerFiles files;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final ContainerMounts mounts;
  private final Clock clock;

  Repair(
      ContainerFiles files,
      Snapshotter snapshotter,
      Starter starter,
      ContainerMounts mounts,
      Clock clock) {
    this.files = files;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.mounts = mounts;
    this.clock = clock;
  }

  void run() {
    for (String id : files.ids()) {
      files.config(id).ifPresent(this::look);
    }
    for (Path leftover : files.leftovers()) {
      if (old(leftover) && !new Life(leftover).monitorLives()) {
        String name = leftover.getFileName().toString();
        String id = name.substring(name.indexOf('-') + 1);
        starter.cleanUp(id);
        ContainerFiles.delete(leftover);
      }
    }
    // Listed first: whatever is listed has had its directory from before, unless a JVM died.
    for (SnapshotInfo snapshot : snapshotter.list()) {
      if (orphan(snapshot)) {
        snapshotter.remove(snapshot.key());
      }
    }
  }

  /** Most need nothing, and then no lock either. */
  @SuppressWarnings("try") // the lock is held, not used
  private void look(ContainerConfig config) {
    Life life = new Life(files.directory(config.id()));
    boolean over = config.spec().autoRemove() && life.status() == Status.EXITED;
    boolean held = mounts.hasMounted(files.directory(config.id())) && !life.status().isActive();
    if (life.wasKilled() || over || held) {
      Optional<FileLock> lock = files.tryToLock(config);
      if (lock.isPresent()) {
        try (FileLock still = lock.get()) {
          mend(config, life);
        }
      }
    }
  }

  private void mend(ContainerConfig config, Life life) {
    if (life.wasKilled()) {
      starter.cleanUp(config);
      life.markKilled(clock.instant());
    }
    if (!life.status().isActive()) {
      mounts.release(config, files.directory(config.id()));
    }
    if (config.spec().autoRemove() && life.status() == Status.EXITED) {
      files.remove(config);
      snapshotter.remove(config.snapshotKey());
      mounts.removeAnonymous(config);
    }
  }

  /** Whether this is the snapshot of a container that is gone. */
  private boolean orphan(SnapshotInfo snapshot) {
    String prefix = ContainerConfig.SNAPSHOT_PREFIX;
    return !snapshot.committed()
        && snapshot.key().startsWith(prefix)
        && !files.exists(snapshot.key().substring(prefix.length()));
  }

  private boolean old(Path path) {
    return ContainerFiles.modifiedMillis(path) < clock.millis() - MOMENT_MILLIS;
  }
}
