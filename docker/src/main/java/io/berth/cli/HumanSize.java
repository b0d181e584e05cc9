package io.berth.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Sizes for people, as docker prints them: three digits and powers of 1000, such as 4.26MB. */
final class HumanSize {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final MathContext BINARY_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_EVEN);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  private HumanSize() {}

  static String of(long bytes) {
    BigDecimal size = BigDecimal.valueOf(bytes);
    int unit = 0;
    // Rounded before the comparison: 999.9 kB is 1 MB.
    while (size.round(DIGITS).compareTo(THOUSAND) >= 0 && unit < UNITS.length - 1) {
      size = size.divide(THOUSAND);
      unit++;
    }
    return size.round(DIGITS).stripTrailingZeros().toPlainString() + UNITS[unit];
  }

  /** In powers of 1024 with four digits, as docker prints memory: {@code 3.5MiB}. */
  static String binary(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1024 && unit < BINARY_UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return new BigDecimal(size).round(BINARY_DIGITS).stripTrailingZeros().toPlainString()
        + BINARY_UNITS[unit];
  }
}
