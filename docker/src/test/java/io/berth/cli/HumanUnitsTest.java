package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.text.HumanDuration;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanUnitsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "1, 1B",
    "999, 999B",
    "1000, 1kB",
    "1024, 1.02kB",
    "1500, 1.5kB",
    "4261550, 4.26MB",
    "116982345, 117MB",
    "999400, 999kB",
    "999900, 1MB",
    "5000000000, 5GB",
    "9223372036854775807, 9.22EB"
  })
  void sizesHaveThreeDigits(long bytes, String text) {
    assertThat(HumanSize.of(bytes)).isEqualTo(text);
  }

  @Property
  void noSizeIsWiderThanItsColumn(@ForAll @LongRange(min = 0) long bytes) {
    assertThat(HumanSize.of(bytes))
        .matches("\\d{1,3}(\\.\\d{1,2})?(B|[kMGTPE]B)")
        .hasSizeLessThan(7);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, Less than a second",
    "PT-5S, Less than a second",
    "PT0.9S, Less than a second",
    "PT1S, 1 second",
    "PT59S, 59 seconds",
    "PT60S, About a minute",
    "PT2M, 2 minutes",
    "PT59M59S, 59 minutes",
    "PT60M, About an hour",
    "PT89M, About an hour",
    "PT90M, 2 hours",
    "PT47H, 47 hours",
    "P2D, 2 days",
    "P13D, 13 days",
    "P14D, 2 weeks",
    "P59D, 8 weeks",
    "P60D, 2 months",
    "P729D, 24 months",
    "P730D, 2 years"
  })
  void durationsAreInDockersWords(Duration duration, String text) {
    assertThat(HumanDuration.of(duration)).isEqualTo(text);
  }
}
