package io.berth.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishSpecTest {

  @ParameterizedTest
  @CsvSource({
    "80, 80, tcp, '', 0, 0",
    "8080:80, 80, tcp, '', 8080, 8080",
    "8080:80/udp, 80, udp, '', 8080, 8080",
    "127.0.0.1:8080:80, 80, tcp, 127.0.0.1, 8080, 8080",
    "127.0.0.1::80, 80, tcp, 127.0.0.1, 0, 0",
    "localhost:8080:80, 80, tcp, 127.0.0.1, 8080, 8080",
    "[::1]:8080:80/SCTP, 80, sctp, ::1, 8080, 8080",
    "7000-7009:80, 80, tcp, '', 7000, 7009"
  })
  void readsDockersForm(String text, int port, String protocol, String host, int first, int last) {
    assertThat(PublishSpec.parse(text))
        .containsExactly(
            new PublishSpec(
                port,
                protocol,
                host.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(host),
                first,
                last));
  }

  @Test
  void aRangeIsOnePortEach() {
    List<PublishSpec> ports = PublishSpec.parse("7000-7002:80-82");

    assertThat(ports).extracting(PublishSpec::containerPort).containsExactly(80, 81, 82);
    assertThat(ports).extracting(PublishSpec::first).containsExactly(7000, 7001, 7002);
    assertThat(PublishSpec.parse("80-82")).extracting(PublishSpec::first).containsOnly(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "80:",
        "0",
        "65536",
        "80/ip",
        "1:2:3:4",
        "90-80",
        "7000-7001:80-82",
        "70000:80",
        "-80",
        "::1:80:80"
      })
  void refusesWhatIsNoPort(String text) {
    assertThatThrownBy(() -> PublishSpec.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("port");
  }
}
