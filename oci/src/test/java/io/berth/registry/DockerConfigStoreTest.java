package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.BerthException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a login keeps. */
class DockerConfigStoreTest {
  private static final Credentials ME = Credentials.password("me", "a:b");

  @TempDir Path directory;
  private Path file;
  private DockerConfig config;

  @BeforeEach
  void name() {
    file = directory.resolve("docker/config.json");
    config = new DockerConfig(file);
  }

  @Test
  void keepsAPasswordThatOnlyTheUserCanRead() throws IOException {
    config.store("registry.example.com:5000", ME);

    assertThat(config.find("registry.example.com:5000")).contains(ME);
    assertThat(config.find("registry.example.com")).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void keepsDockerHubAsDockerDoes() throws IOException {
    config.store("docker.io", ME);

    assertThat(config.find("docker.io")).contains(ME);
    assertThat(file).content().contains("https://index.docker.io/v1/");
  }

  @Test
  void leavesAllElseInTheFile() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "{\"psFormat\": \"table\", \"auths\": {\"other.example.com\": {\"auth\": \"dTpw\"}}}");

    config.store("registry.example.com", ME);
    config.remove("registry.example.com");

    assertThat(config.find("registry.example.com")).isEmpty();
    assertThat(config.find("other.example.com")).contains(Credentials.password("u", "p"));
    assertThat(file).content().contains("\"psFormat\"");
  }

  @Test
  void keepsATokenAsOne() {
    config.store("registry.example.com", Credentials.identityToken("t"));

    assertThat(config.find("registry.example.com")).contains(Credentials.identityToken("t"));
  }

  @Test
  void changesNothingWhenTheHelperFails() throws IOException {
    Files.createDirectories(file.getParent());
    String before = "{\"credsStore\": \"berth-has-no-such-helper\"}";
    Files.writeString(file, before);

    assertThatThrownBy(() -> config.store("registry.example.com", ME))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("docker-credential-berth-has-no-such-helper");
    assertThat(file).hasContent(before);
  }
}
