package io.berth.error;

/**
 * What was asked clashes with the present state: a name taken, a container running, an image in
 * use.
 */
public class ConflictException extends BerthException {
  public ConflictException(String message) {
    super(message);
  }

  public ConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
