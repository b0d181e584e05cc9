package io.berth.container;

import io.berth.error.InvalidInputException;
import java.util.List;

/** The names of resource limits, at the index that is their number in getrlimit(2). */
final class Ulimits {
  private static final List<String> NAMES =
      List.of(
          "cpu",
          "fsize",
          "data",
          "stack",
          "core",
          "rss",
          "nproc",
          "nofile",
          "memlock",
          "as",
          "locks",
          "sigpending",
          "msgqueue",
          "nice",
          "rtprio",
          "rttime");

  private Ulimits() {}

  static int number(String name) {
    int number = NAMES.indexOf(name);
    if (number < 0) {
      throw new InvalidInputException(
          "Unknown ulimit \"" + name + "\": known are " + String.join(", ", NAMES));
    }
    return number;
  }

  static String name(int number) {
    return NAMES.get(number);
  }
}
