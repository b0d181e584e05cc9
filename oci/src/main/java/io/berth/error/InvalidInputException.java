package io.berth.error;

/** Text or data from outside does not have the form that its grammar or specification asks for. */
public class InvalidInputException extends BerthException {
  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
