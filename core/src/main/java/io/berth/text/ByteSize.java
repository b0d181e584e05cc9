package io.berth.text;

import io.berth.error.InvalidInputException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as docker writes them: {@code 256m}, {@code 1.5g}, {@code 64KiB}, or bytes; powers of 1024.
 */
public final class ByteSize {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgtp]?)i?b?");

  private ByteSize() {}

  /**
   * The number of bytes.
   *
   * @throws InvalidInputException when it is no size
   */
  public static long parse(String text) {
    Matcher m = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new InvalidInputException(
          "Invalid size \""
              + text
              + "\": expected a number with a unit b, k, m, g, t or p, as 256m");
    }
    int power = " kmgtp".indexOf(m.group(2).isEmpty() ? " " : m.group(2));
    double bytes = Double.parseDouble(m.group(1)) * Math.pow(1024, power);
    if (bytes > Long.MAX_VALUE / 2.0) {
      throw new InvalidInputException("Invalid size \"" + text + "\": it is too large");
    }
    return (long) bytes;
  }
}
