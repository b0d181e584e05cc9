package io.berth.error;

/** Reading or writing the data directory failed. */
public class StorageException extends BerthException {
  public StorageException(String message) {
    super(message);
  }

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
