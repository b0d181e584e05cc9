package io.berth.remote.call;

import io.berth.error.BerthException;

/** A remote engine failed at what was asked; the message is the engine's own. */
public class RemoteException extends BerthException {
  private final int status;

  /**
   * @param status of its answer; 500 when it said so in the middle of one
   */
  public RemoteException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The HTTP status of its answer. */
  public int status() {
    return status;
  }
}
