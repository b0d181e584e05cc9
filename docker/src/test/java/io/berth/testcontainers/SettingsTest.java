package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @ParameterizedTest
  @CsvSource({"true, ALWAYS", "false, NEVER", "auto, WITHOUT_DOCKER", "' true ', ALWAYS"})
  void sayWhenBerthIsUsed(String value, Settings.Use use) {
    assertThat(new Settings(Map.of("berth.testcontainers", value)::get).use()).isEqualTo(use);
  }

  @Test
  void withoutAnyItIsUsedWhereThereIsNoDocker() {
    assertThat(new Settings(name -> null).use()).isEqualTo(Settings.Use.WITHOUT_DOCKER);
    assertThat(new Settings(name -> " ").use()).isEqualTo(Settings.Use.WITHOUT_DOCKER);
  }

  @Test
  void theEngineHasAProcessUnlessItIsNotWanted() {
    assertThat(new Settings(name -> null).inProcess()).isFalse();
    assertThat(new Settings(Map.of("berth.process", "false")::get).inProcess()).isTrue();
    assertThatThrownBy(new Settings(Map.of("berth.process", "no")::get)::inProcess)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid berth.process=no: use true or false");
  }

  @Test
  void aProcessIsToldWhatIsSetWhereverThatWas() {
    Map<String, String> told =
        new Settings(Map.of("berth.root", "/data", "berth.process", "true")::get).ofEngine();

    assertThat(told).isEqualTo(Map.of("berth.root", "/data"));
    assertThat(Settings.ofThisJvm())
        .containsEntry("user.home", System.getProperty("user.home"))
        .doesNotContainKey("java.class.path");
  }

  @Test
  void aWrongValueIsRefusedWithTheRightOnes() {
    Settings settings = new Settings(Map.of("berth.testcontainers", "yes")::get);

    assertThatThrownBy(settings::use)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid berth.testcontainers=yes: use true, false or auto");
  }
}
