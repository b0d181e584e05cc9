package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import java.util.Arrays;
import java.util.function.Function;

/** Manifests, indexes and configurations of images, from a registry or an archive. */
class DocumentFuzzTest {
  @FuzzTest
  void fuzz(byte[] data) {
    if (data.length == 0) {
      return;
    }
    byte[] document = Arrays.copyOfRange(data, 1, data.length);
    switch (data[0] % 3) {
      case 0 -> check(document, Manifest::parse, Manifest::toBytes);
      case 1 -> check(document, Index::parse, Index::toBytes);
      default -> check(document, ImageConfig::parse, ImageConfig::toBytes);
    }
  }

  private static <T> void check(
      byte[] document, Function<byte[], T> parse, Function<T, byte[]> print) {
    T parsed;
    try {
      parsed = parse.apply(document);
    } catch (BerthException refused) {
      return;
    }
    byte[] printed = print.apply(parsed);
    assertThat(print.apply(parse.apply(printed))).isEqualTo(printed);
  }
}
