package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import java.nio.charset.StandardCharsets;

/** Names of images from anywhere: refused, or the same again when they are printed. */
class ReferenceFuzzTest {
  @FuzzTest
  void fuzz(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    Reference reference;
    try {
      reference = Reference.parse(text);
    } catch (BerthException refused) {
      return;
    }
    assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
    assertThat(reference.toString()).matches("[!-~]+");
    assertThat(reference.path()).doesNotContain("..", "//");
  }
}
