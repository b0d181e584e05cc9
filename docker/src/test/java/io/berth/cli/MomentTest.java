package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "10m, 2026-01-02T02:54:05Z",
    "1h30m, 2026-01-02T01:34:05Z",
    "1767366245, 2026-01-02T15:04:05Z",
    "1767366245.25, 2026-01-02T15:04:05.250Z",
    "0, 1970-01-01T00:00:00Z",
    "2026-01-02T15:04:05Z, 2026-01-02T15:04:05Z",
    "2026-01-02T15:04:05.5+01:00, 2026-01-02T14:04:05.500Z",
  })
  void readsTimesAndDurations(String text, Instant expected) {
    assertThat(Moment.parse(text, CLOCK)).isEqualTo(expected);
  }

  @Test
  void readsPartsInThisTimeZone() {
    assertThat(Moment.parse("2026-01-02", CLOCK))
        .isEqualTo(LocalDateTime.of(2026, 1, 2, 0, 0).atZone(ZoneId.systemDefault()).toInstant());
    assertThat(Moment.parse("2026-01-02T15:04", CLOCK))
        .isEqualTo(LocalDateTime.of(2026, 1, 2, 15, 4).atZone(ZoneId.systemDefault()).toInstant());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-13-01", "10 m"})
  void refusesOthers(String text) {
    assertThatThrownBy(() -> Moment.parse(text, CLOCK)).isInstanceOf(InvalidInputException.class);
  }
}
