package io.berth.api;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of a container.
 *
 * @param status where it is in its life
 * @param created when it was made
 * @param started when its command was executed
 * @param finished when it ended
 * @param exitCode how it ended
 * @param oomKilled whether the kernel killed one of its processes for want of memory
 */
public record ContainerState(
    Status status,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished,
    Optional<Integer> exitCode,
    boolean oomKilled) {

  public enum Status {
    CREATED,
    RUNNING,
    EXITED
  }
}
