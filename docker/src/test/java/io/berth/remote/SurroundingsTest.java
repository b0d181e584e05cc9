package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.remote.transport.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurroundingsTest {
  @TempDir Path home;

  private String engine(Map<String, String> environment) {
    return new Surroundings(environment, home).engine().toString();
  }

  /** As {@code docker context create NAME --docker host=HOST} writes it. */
  private void context(String name, String host) throws IOException {
    String digest =
        io.berth.oci.Digester.sha256()
            .update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .digest()
            .hex();
    Path meta = home.resolve(".docker/contexts/meta").resolve(digest);
    Files.createDirectories(meta);
    Files.writeString(
        meta.resolve("meta.json"),
        """
        {"Name":"%s","Metadata":{},"Endpoints":{"docker":{"Host":"%s","SkipTLSVerify":false}}}"""
            .formatted(name, host));
  }

  private void current(String context) throws IOException {
    Files.createDirectories(home.resolve(".docker"));
    Files.writeString(
        home.resolve(".docker/config.json"), "{\"currentContext\":\"" + context + "\"}");
  }

  @Test
  void looksWhereDockerLooks() throws IOException {
    assertThat(engine(Map.of())).isEqualTo("unix:///var/run/docker.sock");

    context("far", "tcp://far.example.com:2375");
    context("near", "unix:///near.sock");
    current("far");
    assertThat(engine(Map.of())).isEqualTo("tcp://far.example.com:2375");
    assertThat(engine(Map.of("DOCKER_CONTEXT", "near"))).isEqualTo("unix:///near.sock");
    assertThat(engine(Map.of("DOCKER_CONTEXT", "default")))
        .isEqualTo("unix:///var/run/docker.sock");
    assertThat(engine(Map.of("DOCKER_CONTEXT", "near", "DOCKER_HOST", "unix:///x")))
        .isEqualTo("unix:///x");
  }

  @Test
  void findsTheConfigurationElsewhere() throws IOException {
    context("near", "unix:///near.sock");
    Path other = home.resolve("elsewhere");
    Files.move(home.resolve(".docker"), other);

    assertThat(engine(Map.of("DOCKER_CONFIG", other.toString(), "DOCKER_CONTEXT", "near")))
        .isEqualTo("unix:///near.sock");
    assertThatThrownBy(() -> engine(Map.of("DOCKER_CONTEXT", "near")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("near");
  }

  @Test
  void wantsTheCertificatesThatAreAskedFor() {
    Map<String, String> environment =
        Map.of(
            "DOCKER_HOST",
            "tcp://h:2376",
            "DOCKER_TLS_VERIFY",
            "1",
            "DOCKER_CERT_PATH",
            home.resolve("nowhere").toString());

    assertThatThrownBy(() -> engine(environment))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nowhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "unix://relative", "npipe:////./pipe/x", "tcp://", "tcp://a b"})
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> Address.parse(text, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unix:///PATH");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unix:///run/x.sock", "tcp://h", "tcp://[::1]:2375", "ssh://u@h:22", "http://h:1"})
  void takesAddresses(String text) {
    assertThat(Address.parse(text, Optional.empty())).hasToString(text);
  }
}
