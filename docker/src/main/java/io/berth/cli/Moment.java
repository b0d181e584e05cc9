package io.berth.cli;

import io.berth.error.InvalidInputException;
import io.berth.text.GoDuration;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Points in time as {@code --since} and {@code --until} have them: RFC 3339 whole or in part (then
 * in this process's time zone), seconds since 1970, or how long ago.
 */
final class Moment {
  private Moment() {}

  /**
   * @throws InvalidInputException when it is none of these
   */
  static Instant parse(String text, Clock clock) {
    Optional<Duration> ago = GoDuration.find(text);
    if (ago.isPresent() && !text.equals("0")) {
      return clock.instant().minus(ago.get());
    }
    if (text.matches("\\d{1,12}(\\.\\d{1,9})?")) {
      BigDecimal seconds = new BigDecimal(text);
      return Instant.ofEpochSecond(
          seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
    }
    try {
      if (text.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)")) {
        return OffsetDateTime.parse(text).toInstant();
      }
      LocalDateTime local =
          text.contains("T")
              ? LocalDateTime.parse(text.matches(".*T\\d\\d") ? text + ":00" : text)
              : LocalDate.parse(text).atStartOfDay();
      return local.atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeException e) {
      throw new InvalidInputException(
          "Invalid time \""
              + text
              + "\": expected one such as 2026-01-02T15:04:05Z, 1767366245, or 10m ago as 10m",
          e);
    }
  }
}
