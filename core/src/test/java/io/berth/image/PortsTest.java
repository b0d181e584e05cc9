package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  @ParameterizedTest
  @CsvSource({
    "80, 80/tcp",
    "53/udp, 53/udp",
    "80/TCP, 80/tcp",
    "8000-8002, 8000/tcp 8001/tcp 8002/tcp",
    "8080:80, 80/tcp",
    "127.0.0.1:8080:80/udp, 80/udp",
    "[::1]:8080:80, 80/tcp"
  })
  void portOfTheContainerCounts(String text, String expected) {
    assertThat(Ports.parse(text)).isEqualTo(List.of(expected.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "65536", "2-1", "80/x", "80:", "-80"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Ports.parse(text)).isInstanceOf(InvalidInputException.class);
  }
}
