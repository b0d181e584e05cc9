package io.berth.error;

/**
 * The engine that was asked cannot do this at all, though others can. The message says which one
 * can, or how to come by the same in another way.
 */
public class UnsupportedException extends BerthException {
  public UnsupportedException(String message) {
    super(message);
  }
}
