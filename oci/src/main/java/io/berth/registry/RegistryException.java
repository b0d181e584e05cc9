package io.berth.registry;

import io.berth.error.BerthException;

/**
 * A registry refused, or could not be talked to. What it does not have is a {@link
 * io.berth.error.NotFoundException} instead.
 */
public class RegistryException extends BerthException {
  private final int status;

  /**
   * @param status of the HTTP response; 0 when there was none
   */
  public RegistryException(String message, int status) {
    super(message);
    this.status = status;
  }

  public RegistryException(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
  }

  /** The status of the HTTP response; 0 when there was none. */
  public int status() {
    return status;
  }

  /** Whether the registry wants other credentials, or forbids this to those given. */
  public boolean isDenied() {
    return status == 401 || status == 403;
  }
}
