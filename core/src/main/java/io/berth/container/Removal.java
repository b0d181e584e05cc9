package io.berth.container;

import io.berth.error.ConflictException;
import io.berth.layers.Snapshotter;
import io.berth.linux.FileLock;
import java.util.Optional;

/** Removes all that there is of a container. */
final class Removal {
  private final ContainerRecord record;
  private final Life life;
  private final Line line;
  private final HeldMounts mounts;
  private final Starter starter;
  private final Snapshotter snapshotter;

  Removal(
      ContainerRecord record,
      Life life,
      Line line,
      HeldMounts mounts,
      Starter starter,
      Snapshotter snapshotter) {
    this.record = record;
    this.life = life;
    this.line = line;
    this.mounts = mounts;
    this.starter = starter;
    this.snapshotter = snapshotter;
  }

  /** Does so; false where another engine has done it. */
  @SuppressWarnings("try") // the lock is held, not used
  boolean run() {
    Optional<FileLock> lock = record.tryToLock();
    if (lock.isEmpty()) {
      line.hangUp();
      return false;
    }
    try (FileLock still = lock.get()) {
      if (life.status().isActive()) {
        throw new ConflictException("Container " + record.name() + " was started again meanwhile");
      }
      if (!line.isOpen()) {
        // A JVM that was killed while it started this may have left a cgroup.
        starter.cleanUp(record.config());
      }
      mounts.release();
      line.keepExit();
      record.remove();
      snapshotter.remove(record.config().snapshotKey());
      line.hangUp();
      // Its monitor may have found its files gone.
      starter.connector().cleanUp(record.id());
    }
    return true;
  }
}
