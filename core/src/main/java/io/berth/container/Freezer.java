package io.berth.container;

import io.berth.error.ConflictException;
import io.berth.runtime.cgroup.ContainerCgroup;

/** Freezes a container's processes, and lets them go on. */
final class Freezer {
  private final String id;
  private final Life life;
  private final Starter starter;
  private final Line line;

  Freezer(String id, Life life, Starter starter, Line line) {
    this.id = id;
    this.life = life;
    this.starter = starter;
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
    ContainerCgroup cgroup =
        starter
            .cgroup(id)
            .orElseThrow(() -> new ConflictException("Container " + name + " has ended"));
    cgroup.freeze(true);
    life.paused(true);
    line.monitor().ifPresent(m -> m.paused(true));
  }

  /** False when it was not frozen. */
  synchronized boolean thaw() {
    if (!life.paused()) {
      return false;
    }
    starter.cgroup(id).ifPresent(cgroup -> cgroup.freeze(false));
    life.paused(false);
    line.monitor().ifPresent(m -> m.paused(false));
    return true;
  }
}
