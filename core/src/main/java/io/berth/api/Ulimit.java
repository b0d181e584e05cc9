package io.berth.api;

import io.berth.error.InvalidInputException;

/**
 * A resource limit of each process of a container.
 *
 * @param name as ulimit and docker name it, such as {@code nofile}
 * @param soft -1 for unlimited
 * @param hard -1 for unlimited
 */
public record Ulimit(String name, long soft, long hard) {
  public Ulimit {
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw new InvalidInputException(
          "Invalid ulimit "
              + name
              + "="
              + soft
              + ":"
              + hard
              + ": the soft limit is above the hard one");
    }
  }

  /** {@code NAME=SOFT[:HARD]}, as in {@code docker run --ulimit}. */
  public static Ulimit parse(String text) {
    String[] halves = text.split("=", 2);
    try {
      String[] values = halves[1].split(":", 2);
      long soft = Long.parseLong(values[0]);
      return new Ulimit(halves[0], soft, values.length == 1 ? soft : Long.parseLong(values[1]));
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      throw new InvalidInputException(
          "Invalid ulimit \"" + text + "\": expected NAME=SOFT[:HARD]", e);
    }
  }
}
