package io.berth.process;

import io.berth.error.InvalidInputException;

/** What a request for a process may say. */
public final class ProcessChecks {
  private ProcessChecks() {}

  /**
   * @throws InvalidInputException when it is no name of an environment variable
   */
  public static void variable(String name) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new InvalidInputException(
          "Invalid environment variable name \"" + name + "\": expected a name without \"=\"");
    }
  }

  /**
   * @throws InvalidInputException when it is no absolute path
   */
  public static void directory(String path) {
    if (!path.startsWith("/")) {
      throw new InvalidInputException(
          "Invalid working directory \"" + path + "\": expected an absolute path");
    }
  }
}
