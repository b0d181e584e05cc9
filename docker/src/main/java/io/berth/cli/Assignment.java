package io.berth.cli;

import io.berth.error.InvalidInputException;

/** An option value of the form {@code NAME=VALUE}. */
record Assignment(String name, String value) {

  /** A label may have no value. */
  static Assignment label(String text) {
    return text.indexOf('=') < 0 ? new Assignment(text, "") : of("label", text);
  }

  static Assignment of(String what, String text) {
    return split(what, text, '=', "NAME=VALUE");
  }

  /**
   * The same with another sign between the two parts.
   *
   * @param form what was expected, for the message
   */
  static Assignment split(String what, String text, char sign, String form) {
    int at = text.indexOf(sign);
    if (at < 1) {
      throw new InvalidInputException("Invalid " + what + " \"" + text + "\": expected " + form);
    }
    return new Assignment(text.substring(0, at), text.substring(at + 1));
  }
}
