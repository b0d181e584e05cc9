package io.berth.error;

/** What was named (an image, a container, a blob) does not exist. */
public class NotFoundException extends BerthException {
  public NotFoundException(String message) {
    super(message);
  }

  public NotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
