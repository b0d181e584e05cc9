package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import java.nio.charset.StandardCharsets;

/** Dockerfiles of anybody: refused, or the same again when they are printed. */
class DockerfileFuzzTest {
  @FuzzTest
  void fuzz(byte[] data) {
    Dockerfile dockerfile;
    try {
      dockerfile = Dockerfile.parse(new String(data, StandardCharsets.UTF_8), "Dockerfile");
    } catch (BerthException refused) {
      return;
    }
    dockerfile.allWarnings();
    assertThat(Dockerfile.parse(dockerfile.toString(), "Dockerfile").toString())
        .isEqualTo(dockerfile.toString());
  }
}
