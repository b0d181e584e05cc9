package io.berth.runtime.launch;

/** Opens the files of containers, for those who look at them from outside. */
@FunctionalInterface
public interface ViewOpener {

  /**
   * Opens the files of a container.
   *
   * @param spec with its directory, and either the init of a container that runs ({@link
   *     LaunchSpecBuilder#exec}) or the root and mounts of one that does not
   * @param name of the container, for messages
   * @throws StartFailure when it cannot be done: ESRCH when the container has ended
   */
  MountView view(LaunchSpec spec, String name);
}
