package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
  private static final Platform HOST = new Platform("linux", "amd64");

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "linux/x86_64, linux/amd64",
    "Linux/X86-64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "linux/i386, linux/386",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm64/8, linux/arm64",
    "linux/arm64/v9, linux/arm64/v9",
    "linux/arm, linux/arm/v7",
    "linux/arm/7, linux/arm/v7",
    "linux/arm/v6, linux/arm/v6",
    "linux/arm/5, linux/arm/v5",
    "linux/armhf, linux/arm/v7",
    "linux/armel, linux/arm/v6",
    "macos/arm64, darwin/arm64",
    "linux, linux/amd64",
    "arm64, linux/arm64",
    "aarch64, linux/arm64",
    "armel, linux/arm/v6",
    "s390x, linux/s390x",
    "windows, windows/amd64",
    "windows(10.0.17763)/amd64, windows/amd64",
    "plan10/pdp11, plan10/pdp11",
  })
  void parsesAndNormalizes(String text, String expected) {
    assertThat(PlatformNames.parse(text, HOST)).hasToString(expected);
  }

  @Test
  void parsesOsVersionAndFeatures() {
    Platform platform = Platform.parse("windows(10.0.17763+win32k+abc)/amd64");

    assertThat(platform.osVersion()).contains("10.0.17763");
    assertThat(platform.osFeatures()).containsExactly("abc", "win32k");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "linux/",
        "/amd64",
        "linux/amd64/v1/x",
        "*",
        "linux/*",
        "l x/amd64",
        "pdp11"
      })
  void rejectsAnythingElse(String text) {
    assertThatThrownBy(() -> Platform.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("such as linux/arm64");
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux/amd64",
    "Linux, aarch64, linux/arm64",
    "Linux, i386, linux/386",
    "Linux, x86, linux/386",
    "Linux, arm, linux/arm/v7",
    "Linux, riscv64, linux/riscv64",
    "Linux, loongarch64, linux/loong64",
    "Mac OS X, aarch64, darwin/arm64",
    "Windows 11, amd64, windows/amd64",
  })
  void translatesTheWordsOfJava(String osName, String osArch, String expected) {
    assertThat(PlatformNames.fromJava(osName, osArch)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64 linux/386",
    "linux/amd64/v3, linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386",
    "linux/arm/v7, linux/arm/v7 linux/arm/v6 linux/arm/v5",
    "linux/arm/v5, linux/arm/v5",
    "linux/arm64, linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6 linux/arm/v5",
    "linux/arm64/v8.2, linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64 linux/arm/v8 linux/arm/v7"
        + " linux/arm/v6 linux/arm/v5",
    "linux/arm64/v9, linux/arm64/v9 linux/arm64/v8.5 linux/arm64/v8.4 linux/arm64/v8.3"
        + " linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6"
        + " linux/arm/v5",
    "linux/s390x, linux/s390x",
  })
  void ordersWhatRunsOnAPlatform(String text, String expected) {
    assertThat(Platform.parse(text).compatible().stream().map(Platform::toString))
        .containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64, 0",
    "linux/amd64, linux/x86_64, 0",
    "linux/arm64, linux/arm64/v8, 0",
    "linux/arm/v7, linux/arm, 0",
    "linux/arm/v7, linux/arm/v6, 1",
    "linux/arm/v6, linux/arm/v7, -1",
    "linux/amd64, windows/amd64, -1",
    "linux/amd64, linux/amd64/v2, -1",
    "linux/amd64, unknown/unknown, -1",
    "windows(10.0.17763.1)/amd64, windows(10.0.17763.9)/amd64, 0",
    "windows(10.0.17763.1)/amd64, windows(10.0.20348.1)/amd64, -1",
    "windows/amd64, windows(10.0.20348+win32k)/amd64, -1",
    "windows(+win32k)/amd64, windows(10.0.20348+win32k)/amd64, 0",
  })
  void ranksImages(String wanted, String image, int rank) {
    assertThat(Platform.parse(wanted).rank(Platform.parse(image)).orElse(-1)).isEqualTo(rank);
  }

  @Test
  void choosesTheBestAndAmongEqualsTheFirst() {
    List<Platform> images =
        List.of(
            new Platform("linux", "arm", "v5"),
            new Platform("linux", "arm", "v6"),
            new Platform("linux", "armel"),
            new Platform("linux", "amd64"));

    assertThat(Platform.parse("linux/arm/v7").best(images, p -> p)).contains(images.get(1));
    assertThat(Platform.parse("linux/s390x").best(images, p -> p)).isEmpty();
  }

  @Test
  void keepsTheWordsOfAJsonDocument() {
    String text =
        "{\"architecture\":\"x86_64\",\"os\":\"linux\",\"os.version\":\"1\","
            + "\"os.features\":[\"b\",\"a\"],\"variant\":\"v2\"}";

    Platform platform =
        Platform.read(Json.parse("platform", text.getBytes(StandardCharsets.UTF_8)));

    assertThat(platform.architecture()).isEqualTo("x86_64");
    assertThat(Json.toString(platform.toNode())).isEqualTo(text);
    assertThat(new Platform("linux", "amd64", "").variant()).isEqualTo(Optional.empty());
  }
}
