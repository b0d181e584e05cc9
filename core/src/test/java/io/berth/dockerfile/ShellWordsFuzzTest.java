package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Words of Dockerfiles with variables, whose values are anybody's too. */
class ShellWordsFuzzTest {
  @FuzzTest
  void fuzz(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    int cut = text.indexOf('\n');
    String word = cut < 0 ? text : text.substring(0, cut);
    String value = cut < 0 ? "" : text.substring(cut + 1);
    Map<String, String> variables = Map.of("a", value, "empty", "", "long", value.repeat(2));
    for (char escape : new char[] {'\\', '`'}) {
      ShellWords words = new ShellWords(escape, name -> Optional.ofNullable(variables.get(name)));
      try {
        words.expandText(word);
        words.expand(word);
        words.split(word);
      } catch (BerthException refused) {
        // Said in words.
      }
      assertThat(words.expand(ShellWords.quote(text, escape))).isEqualTo(text);
    }
  }
}
