package io.berth.error;

/**
 * Something on the other end of a connection cannot be reached, or the connection broke in the
 * middle. The message says where it should be, and what to check.
 */
public class UnreachableException extends BerthException {
  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
