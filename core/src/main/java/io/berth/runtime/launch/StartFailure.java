package io.berth.runtime.launch;

import io.berth.error.BerthException;
import io.berth.error.Errno;

/** A step of a launch failed, as the launcher reported it. */
public class StartFailure extends BerthException {
  private final int errno;
  private final String stage;
  private final String path;

  /**
   * @param stage what was being done, such as {@code mount}
   * @param path what it was done to; may be empty
   */
  public StartFailure(int errno, String stage, String path) {
    super(stage + (path.isEmpty() ? "" : " " + path) + ": " + Errno.describe(errno));
    this.errno = errno;
    this.stage = stage;
    this.path = path;
  }

  public int errno() {
    return errno;
  }

  public String stage() {
    return stage;
  }

  public String path() {
    return path;
  }
}
