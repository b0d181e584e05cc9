package io.berth.server.reaper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelFilterTest {
  @Test
  void aLineOfTestcontainersNamesAllItsLabels() {
    LabelFilter filter =
        LabelFilter.parse(
            "label=org.testcontainers.sessionId%3Dabc&label=org.testcontainers%3Dtrue");

    assertThat(filter.labels())
        .isEqualTo(Map.of("org.testcontainers.sessionId", "abc", "org.testcontainers", "true"));
  }

  @Test
  void everythingThatHasAllOfThemBelongsToIt() {
    LabelFilter filter = LabelFilter.parse("label=a%3D1&label=b");

    assertThat(filter.matches(Map.of("a", "1", "b", "any", "c", "3"))).isTrue();
    assertThat(filter.matches(Map.of("a", "2", "b", "any"))).isFalse();
    assertThat(filter.matches(Map.of("a", "1"))).isFalse();
    assertThat(filter.matches(Map.of())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "label", "name=x", "label=a%3D1&id=2", "label=%zz", "&"})
  void whatCouldRemoveMoreThanMeantIsRefused(String line) {
    assertThatThrownBy(() -> LabelFilter.parse(line)).isInstanceOf(InvalidInputException.class);
  }

  @Property
  void anyLineIsReadOrRefused(@ForAll String line) {
    try {
      assertThat(LabelFilter.parse(line).labels()).isNotEmpty();
    } catch (InvalidInputException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
