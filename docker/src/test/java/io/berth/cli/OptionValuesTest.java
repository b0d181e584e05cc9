package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({"/a:/b, false", "/a:/b:rw, false", "/a:/b:ro, true"})
  void aVolumeIsSourceTargetAndMode(String text, boolean readOnly) {
    assertThat(VolumeOption.parse(text)).isEqualTo(new VolumeOption(Path.of("/a"), "/b", readOnly));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", ":/b", "/a:", "/a:/b:rx", "/a:/b:ro:z", "named:/b"})
  void aVolumeOfAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> VolumeOption.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Invalid volume");
  }
}
