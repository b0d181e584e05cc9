package io.berth.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Sizes for people, as docker prints them: three digits and powers of 1000, such as 4.26MB. */
final class HumanSize {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
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
}
