package io.berth.container;

import io.berth.error.ConflictException;
import io.berth.runtime.cgroup.ContainerCgroup;
import java.util.Optional;
import java.util.function.Supplier;

/** Freezes a container's processes, and lets them go on. */
final class Freezer {
  private final Supplier<Optional<ContainerCgroup>> cgroup;
  private final Life life;
  private final Line line;

  Freezer(Supplier<Optional<ContainerCgroup>> cgroup, Life life, Line line) {
    this.cgroup = cgroup;
    this.life = life;
    this.line = line;
  }

  /**
   * @param name of the container, for errors
   */
  synchronized void freeze(String name) {
    if (life.pid().isEmpty()) {
      throw new ConflictException("Container " + name + " is not running");
    }
    if (life.paused()) {
      throw new ConflictException("Container " + name + " is already paused");
    }
    cgroup
        .get()
        .orElseThrow(() -> new ConflictException("Container " + name + " has ended"))
        .freeze(true);
    life.paused(true);
    line.monitor().ifPresent(m -> m.paused(true));
  }

  /** False when it was not frozen. */
  synchronized boolean thaw() {
    if (!life.paused()) {
      return false;
    }
    cgroup.get().ifPresent(group -> group.freeze(false));
    life.paused(false);
    line.monitor().ifPresent(m -> m.paused(false));
    return true;
  }
}
