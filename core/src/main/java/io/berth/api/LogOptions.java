package io.berth.api;

import io.berth.error.InvalidInputException;

/**
 * How a container's output is kept: Docker's {@code json-file} driver.
 *
 * @param keep whether there is a log at all (docker's driver {@code none} when not)
 * @param maxSize of one file, in bytes; 0 for no limit
 * @param maxFiles how many files, the one being written included
 */
public record LogOptions(boolean keep, long maxSize, int maxFiles) {
  public static final LogOptions DEFAULT = new LogOptions(true, 0, 1);
  public static final LogOptions NONE = new LogOptions(false, 0, 1);

  public LogOptions {
    if (maxSize < 0 || maxFiles < 1 || maxFiles > 1000) {
      throw new InvalidInputException(
          "Invalid log options max-size="
              + maxSize
              + " max-file="
              + maxFiles
              + ": expected a size of at least 0 and 1 to 1000 files");
    }
  }
}
