package io.berth.server.api;

import io.berth.server.http.HttpError;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as the Engine API writes and reads them. */
public final class Times {
  /** What Go has for no time. */
  public static final String NONE = "0001-01-01T00:00:00Z";

  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,12}(\\.\\d{1,9})?");
  private static final Pattern GO_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|µs|ns)");
  private static final DateTimeFormatter FIXED =
      new DateTimeFormatterBuilder()
          .appendInstant(9)
          .toFormatter(java.util.Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  public static String format(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(NONE);
  }

  /** With nine digits after the point, as lines of a log have it. */
  public static String fixed(Instant time) {
    return FIXED.format(time);
  }

  /**
   * Seconds since 1970 with a fraction, a date and time, or a duration before now, such as {@code
   * 10m}.
   *
   * @throws HttpError 400 when it is none of them
   */
  public static Instant parse(String text, Instant now) {
    if (SECONDS.matcher(text).matches()) {
      BigDecimal seconds = new BigDecimal(text);
      long whole = seconds.longValue();
      long nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
      return Instant.ofEpochSecond(whole, nanos);
    }
    Optional<Duration> ago = duration(text);
    if (ago.isPresent()) {
      return now.minus(ago.get());
    }
    try {
      if (text.length() <= 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      boolean zone = text.matches(".*(Z|[+-]\\d\\d:\\d\\d)");
      return zone
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new HttpError(
          400, "invalid time \"" + text + "\": expected seconds, a date or a duration", e);
    }
  }

  /** The parameter of this name; no time for nothing and 0. */
  public static Optional<Instant> parameter(Call call, String name, Instant now) {
    return call.query().optional(name).filter(t -> !t.equals("0")).map(t -> parse(t, now));
  }

  /** A duration as Go writes it, such as {@code 1h30m}. */
  public static Optional<Duration> duration(String text) {
    Matcher part = GO_PART.matcher(text);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (part.find() && part.start() == at) {
      BigDecimal number = new BigDecimal(part.group(1));
      long unit =
          switch (part.group(2)) {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us", "µs" -> 1_000L;
            default -> 1L;
          };
      sum = sum.plusNanos(number.multiply(BigDecimal.valueOf(unit)).longValue());
      at = part.end();
    }
    return at > 0 && at == text.length() ? Optional.of(sum) : Optional.empty();
  }
}
