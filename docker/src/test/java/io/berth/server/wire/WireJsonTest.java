package io.berth.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireJsonTest {
  private static <T> T read(String json, Class<T> type) {
    return WireJson.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  @Test
  void readsAContainerAsTheDockerCommandSendsIt() {
    CreateBody body =
        read(
            """
            {"Hostname":"h","Tty":true,"Image":"busybox","Cmd":["sh"],"Env":null,
             "Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},"StopTimeout":3,
             "HostConfig":{"Binds":["/a:/b"],"Memory":67108864,"NetworkMode":"none",
              "PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},
              "RestartPolicy":{"Name":"no","MaximumRetryCount":0},"UTSMode":"host",
              "IOMaximumIOps":0,"CapAdd":["NET_ADMIN"],"Unknown":{"a":[1]}},
             "NetworkingConfig":{"EndpointsConfig":{"n":{"IPAMConfig":{"IPv4Address":"10.0.0.2"}}}}}
            """,
            CreateBody.class);

    assertThat(body.config().hostname()).isEqualTo("h");
    assertThat(body.config().tty()).isTrue();
    assertThat(body.config().stopTimeout()).isEqualTo(3);
    assertThat(body.config().process().cmd()).containsExactly("sh");
    assertThat(body.config().process().volumes()).containsKey("/v");
    assertThat(body.hostConfig().files().binds()).containsExactly("/a:/b");
    assertThat(body.hostConfig().resources().memory()).isEqualTo(64 << 20);
    assertThat(body.hostConfig().rights().utsMode()).isEqualTo("host");
    assertThat(body.hostConfig().rights().capAdd()).containsExactly("NET_ADMIN");
    assertThat(body.hostConfig().network().portBindings().get("80/tcp"))
        .containsExactly(new PortBinding("", "8080"));
    assertThat(body.networkingConfig().endpointsConfig().get("n").ipamConfig().ipv4Address())
        .isEqualTo("10.0.0.2");
  }

  @Test
  void takesFieldNamesInAnyCaseAsGoDoes() {
    CreateBody body =
        read("{\"image\":\"a\",\"cmd\":[\"b\"],\"hostconfig\":{\"memory\":9}}", CreateBody.class);

    assertThat(body.config().image()).isEqualTo("a");
    assertThat(body.config().process().cmd()).containsExactly("b");
    assertThat(body.hostConfig().resources().memory()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "",
        "[]",
        "null",
        "{} {}",
        "{\"Tty\":\"yes\"}",
        "{\"Cmd\":\"sh\"}",
        "{\"HostConfig\":{\"Memory\":\"lots\"}}",
        "{\"HostConfig\":{\"Memory\":99999999999999999999}}",
        "\u0000"
      })
  void saysOfBrokenDocumentsThatTheyAre(String json) {
    assertThatThrownBy(() -> read(json, CreateBody.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("invalid JSON: ")
        .hasMessageNotContaining("io.berth")
        .hasMessageNotContaining("java.");
  }

  @Test
  void writesWhatItReads() {
    String json = "{\"Test\":[\"CMD\",\"true\"],\"Interval\":5}";

    assertThat(new String(WireJson.bytes(read(json, HealthConfig.class)), StandardCharsets.UTF_8))
        .isEqualTo(json);
  }
}
