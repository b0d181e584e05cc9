package io.berth.api;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of a container.
 *
 * @param status where it is in its life
 * @param created when it was made
 * @param started when its command was executed, the last time
 * @param finished when it ended, the last time
 * @param exitCode how it ended
 * @param oomKilled whether the kernel killed one of its processes for want of memory
 * @param restarts how often its restart policy has started it again
 * @param error why it could not be started the last time; empty when it could
 * @param health what its health check says, when it has one and runs
 */
public record ContainerState(
    Status status,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished,
    Optional<Integer> exitCode,
    boolean oomKilled,
    int restarts,
    String error,
    Optional<Health> health) {

  public enum Status {
    CREATED,
    RUNNING,
    PAUSED,
    /** It ended, and its restart policy will start it again in a moment. */
    RESTARTING,
    EXITED;

    /** Whether it has a monitor. */
    public boolean isActive() {
      return this == RUNNING || this == PAUSED || this == RESTARTING;
    }
  }
}
