package io.berth.error;

/**
 * Base of every error that Berth throws on purpose. The message says what was asked, what was
 * found, and what to do; the cause, when there is one, is the checked exception underneath.
 */
public class BerthException extends RuntimeException {
  public BerthException(String message) {
    super(message);
  }

  public BerthException(String message, Throwable cause) {
    super(message, cause);
  }
}
