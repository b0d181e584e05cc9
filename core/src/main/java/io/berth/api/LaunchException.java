package io.berth.api;

import io.berth.error.BerthException;
import io.berth.error.Errno;

/** A container could not be started: names the step of the launch, its path, and errno. */
public class LaunchException extends BerthException {
  private final String stage;
  private final String path;
  private final int errno;

  /**
   * @param container its name
   * @param stage the step that failed, such as {@code mount} or {@code exec}
   * @param path what it was applied to; may be empty
   * @param errno as in {@code errno(3)}
   * @param advice what to do about it; may be empty
   */
  public LaunchException(String container, String stage, String path, int errno, String advice) {
    super(
        "Cannot start container "
            + container
            + ": "
            + stage
            + (path.isEmpty() ? "" : " " + path)
            + ": "
            + Errno.describe(errno)
            + (advice.isEmpty() ? "" : ". " + advice));
    this.stage = stage;
    this.path = path;
    this.errno = errno;
  }

  /**
   * One that another engine has told of.
   *
   * @param message in its words
   */
  public LaunchException(String message, String stage, String path, int errno) {
    super(message);
    this.stage = stage;
    this.path = path;
    this.errno = errno;
  }

  public String stage() {
    return stage;
  }

  public String path() {
    return path;
  }

  public int errno() {
    return errno;
  }

  /** The exit code that docker and shells give: 127 not found, 126 not executable, else 125. */
  public int exitCode() {
    if (!stage.equals("exec")) {
      return 125;
    }
    return errno == Errno.ENOENT ? 127 : 126;
  }
}
