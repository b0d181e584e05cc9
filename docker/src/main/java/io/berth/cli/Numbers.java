package io.berth.cli;

import io.berth.error.InvalidInputException;

/** Numbers in the values of options. */
final class Numbers {
  private Numbers() {}

  static int integer(String what, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "Invalid " + what + " \"" + text + "\": expected a number", e);
    }
  }
}
