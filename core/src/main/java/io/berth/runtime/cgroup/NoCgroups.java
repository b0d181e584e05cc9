package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.runtime.security.DeviceFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** For containers that stay in the control group of the engine that starts them. */
final class NoCgroups implements CgroupManager {
  private final String why;

  /**
   * @param why there are no groups for containers
   */
  NoCgroups(String why) {
    this.why = why;
  }

  @Override
  public ContainerCgroup create(String id, Limits limits, DeviceFilter devices) {
    return new Absent(
        GroupMaker.checked(id),
        limits.equals(Limits.none())
            ? List.of()
            : List.of("The limits that were asked for are not kept: " + why));
  }

  @Override
  public CgroupManager below(String parent) {
    return this;
  }

  @Override
  public Optional<ContainerCgroup> find(String id) {
    return Optional.of(new Absent(GroupMaker.checked(id), List.of()));
  }

  /** A container's processes end with its init, so there is nothing to kill by group. */
  private final class Absent implements ContainerCgroup {
    private final String id;
    private final List<String> warnings;

    Absent(String id, List<String> warnings) {
      this.id = id;
      this.warnings = warnings;
    }

    @Override
    public List<Path> directories() {
      return List.of();
    }

    @Override
    public List<Path> joinFiles() {
      return List.of();
    }

    @Override
    public Optional<Path> unified() {
      return Optional.empty();
    }

    @Override
    public void kill() {
      // Nothing is here.
    }

    @Override
    public List<Long> pids() {
      return List.of();
    }

    @Override
    public long oomKills() {
      return 0;
    }

    @Override
    public void freeze(boolean frozen) {
      throw new BerthException("Container " + id + " cannot be paused: " + why);
    }

    @Override
    public List<Path> update(Limits limits) {
      throw new BerthException("The limits of container " + id + " cannot be changed: " + why);
    }

    @Override
    public List<String> warnings() {
      return warnings;
    }

    @Override
    public void remove() {
      // Nothing is here.
    }
  }
}
