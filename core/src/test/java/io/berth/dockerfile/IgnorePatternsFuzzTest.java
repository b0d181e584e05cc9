package io.berth.dockerfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import java.nio.charset.StandardCharsets;

/** Patterns of .dockerignore files, and names of files to match: the last line. */
class IgnorePatternsFuzzTest {
  @FuzzTest
  void fuzz(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    int last = text.lastIndexOf('\n');
    String path = text.substring(last + 1).replaceAll("^/+", "");
    try {
      IgnorePatterns patterns = IgnorePatterns.parse(text.substring(0, Math.max(last, 0)));
      patterns.matches(path);
      patterns.mayContainIncluded(path);
    } catch (BerthException refused) {
      // Said in words.
    }
  }
}
