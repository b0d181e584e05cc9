package io.berth.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
  private static String pass(DetachKeys keys, String typed) {
    byte[] bytes = typed.getBytes(StandardCharsets.ISO_8859_1);
    return new String(keys.pass(bytes, bytes.length), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theyArePassedOnUnlessTheyAreAllTyped() {
    DetachKeys keys = DetachKeys.parse("ctrl-p,ctrl-q");

    assertThat(pass(keys, "ab\u0010c")).isEqualTo("ab\u0010c");
    assertThat(pass(keys, "\u0010")).isEmpty();
    assertThat(pass(keys, "x\u0010")).isEqualTo("\u0010x");
    assertThat(pass(keys, "\u0010")).isEqualTo("\u0010");
    assertThat(keys.complete()).isFalse();
    assertThat(pass(keys, "\u0011rest")).isEmpty();
    assertThat(keys.complete()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"a,97", "ctrl-a,1", "ctrl-z,26", "ctrl-@,0", "ctrl-[,27", "ctrl-_,31"})
  void eachKeyHasItsCode(String text, int code) {
    DetachKeys keys = DetachKeys.parse(text);

    assertThat(pass(keys, Character.toString(code))).isEmpty();
    assertThat(keys.complete()).isTrue();
  }

  @Test
  void withoutKeysNothingIsHeldBack() {
    assertThat(pass(DetachKeys.none(), "\u0010\u0011")).isEqualTo("\u0010\u0011");
    assertThat(DetachKeys.parse("").complete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-", "ctrl-pp", "ab", "ctrl-1", "a,", "€"})
  void whatIsNoKeyIsRefused(String text) {
    assertThatThrownBy(() -> DetachKeys.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("ctrl-p,ctrl-q");
  }
}
