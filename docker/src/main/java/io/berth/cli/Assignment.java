package io.berth.cli;

import io.berth.error.InvalidInputException;

/** An option value of the form {@code NAME=VALUE}. */
record Assignment(String name, String value) {

  /** A label may have no value. */
  static Assignment label(String text) {
    return text.indexOf('=') < 0 ? new Assignment(text, "") : of("label", text);
  }

  static Assignment of(String what, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new InvalidInputException("Invalid " + what + " \"" + text + "\": expected NAME=VALUE");
    }
    return new Assignment(text.substring(0, equals), text.substring(equals + 1));
  }
}
