package io.berth.api;

/** Changes of a container, which may be running; made by {@link Container#update}. */
public interface UpdateRequest {
  /** Limits in place of the ones it has; those left empty stay. */
  UpdateRequest resources(Resources resources);

  UpdateRequest restart(RestartPolicy policy);

  /**
   * Makes the changes.
   *
   * @throws io.berth.error.BerthException when the kernel refuses a limit; the others are as before
   */
  void execute();
}
