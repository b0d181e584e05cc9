package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionValuesTest {

  @Test
  void anEnvironmentFileHasCommentsAndNamesOfThisEnvironment() {
    Map<String, String> read =
        EnvFile.parse(
            List.of("# comment", "", "  A=1", "B=\"x=y\" # no comment", "HOME", "UNSET", "C="),
            Map.of("HOME", "/root"));

    assertThat(read)
        .containsExactly(
            Map.entry("A", "1"),
            Map.entry("B", "\"x=y\" # no comment"),
            Map.entry("HOME", "/root"),
            Map.entry("C", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A B=1", "=1", "A =1"})
  void anEnvironmentFileWithABadNameIsRefusedWithItsLine(String line) {
    assertThatThrownBy(() -> EnvFile.parse(List.of("OK=1", line), Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line 2");
  }
}
