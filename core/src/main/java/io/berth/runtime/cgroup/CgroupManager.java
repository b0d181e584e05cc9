package io.berth.runtime.cgroup;

import io.berth.runtime.security.DeviceFilter;
import java.util.Optional;

/**
 * Makes the control groups of containers, at {@code berth/ID} in each tree that is used.
 *
 * <pre>{@code
 * CgroupManager cgroups = Cgroups.manager(CgroupLayout.detect());
 * ContainerCgroup cgroup = cgroups.create(id, limits, DeviceFilter.dockerDefault());
 * }</pre>
 */
public interface CgroupManager {
  /**
   * Makes the group of a container; on an error nothing is left of it.
   *
   * @throws io.berth.error.ConflictException when the container has one already
   * @throws io.berth.error.BerthException naming the controller, when a limit is asked of one that
   *     is absent or cannot be written
   */
  ContainerCgroup create(String id, Limits limits, DeviceFilter devices);

  /**
   * The same below another group than {@code berth}, by its path from the top of each tree; it is
   * made when it is not there, and stays.
   */
  CgroupManager below(String parent);

  /** The group of a container that was made earlier, perhaps by another process. */
  Optional<ContainerCgroup> find(String id);
}
