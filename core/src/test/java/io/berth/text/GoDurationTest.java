package io.berth.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "30s, PT30S",
    "1m30s, PT1M30S",
    "1.5h, PT1H30M",
    "500ms, PT0.5S",
    "2us, PT0.000002S",
    "1h0m1ns, PT1H0.000000001S"
  })
  void readsGosDurations(String text, Duration expected) {
    assertThat(GoDuration.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "s", "1s2", "-1s", "1d", "1 s", "99999999999h"})
  void refusesOthers(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(InvalidInputException.class);
  }
}
