package io.berth.runtime.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The control group of one container, in one or several trees. */
public interface ContainerCgroup {
  /** All its directories. */
  List<Path> directories();

  /**
   * The files of v1 that the container's first process writes {@code 0} to while it has one thread.
   * They are {@code tasks} files: a thread that moves itself through {@code tasks} takes some 30
   * microseconds, while the first move through {@code cgroup.procs} waits for an RCU grace period,
   * 15 to 30 milliseconds.
   */
  List<Path> joinFiles();

  /**
   * The v2 directory, to be given to {@code clone3} with CLONE_INTO_CGROUP. In hybrid mode it has
   * no controllers, but lets the kernel kill and freeze the container at once.
   */
  Optional<Path> unified();

  /** Kills all its processes and waits, briefly, until none is left. */
  void kill();

  /** Its processes, those of nested groups too. */
  List<Long> pids();

  /** How many of its processes the kernel killed for want of memory. */
  long oomKills();

  default boolean oomKilled() {
    return oomKills() > 0;
  }

  /** Stops all its processes from running, or lets them go on. */
  void freeze(boolean frozen);

  /**
   * Changes its limits; those that are not given stay.
   *
   * @return the directories that it had to be given for it (v1), which its processes were moved to
   * @throws io.berth.error.BerthException when the kernel refuses one; the others are as before
   */
  List<Path> update(Limits limits);

  /** What could not be done as asked when it was made. */
  List<String> warnings();

  /**
   * Removes it and what is nested in it, waiting briefly for processes that are about to vanish.
   *
   * @throws io.berth.error.ConflictException when processes are left
   */
  void remove();
}
