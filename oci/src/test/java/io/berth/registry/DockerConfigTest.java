package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {
  @TempDir Path directory;

  private DockerConfig config(String json) throws IOException {
    return new DockerConfig(Files.writeString(directory.resolve("config.json"), json));
  }

  private static String auth(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "{\"auth\":\"" + Base64.getEncoder().encodeToString(pair) + "\"}";
  }

  @Test
  void findsTheRegistryUnderAllFormsOfItsName() throws IOException {
    DockerConfig config =
        config(
            "{\"auths\":{\"https://index.docker.io/v1/\":"
                + auth("hub", "a:b")
                + ",\"https://old.example.com/v1/\":"
                + auth("old", "o")
                + ",\"plain.example.com:5000\":"
                + auth("plain", "p")
                + ",\"token.example.com\":{\"auth\":\"\",\"identitytoken\":\"id\"}"
                + ",\"bearer.example.com\":{\"registrytoken\":\"rt\"}"
                + ",\"empty.example.com\":{}},\"detachKeys\":\"x\"}");

    assertThat(config.find("docker.io")).contains(Credentials.password("hub", "a:b"));
    assertThat(config.find("old.example.com")).contains(Credentials.password("old", "o"));
    assertThat(config.find("plain.example.com:5000")).contains(Credentials.password("plain", "p"));
    assertThat(config.find("token.example.com")).contains(Credentials.identityToken("id"));
    assertThat(config.find("bearer.example.com")).contains(Credentials.bearerToken("rt"));
    assertThat(config.find("empty.example.com")).isEmpty();
    assertThat(config.find("plain.example.com")).isEmpty();
    assertThat(config.find("other.example.com")).isEmpty();
    assertThat(new DockerConfig(directory.resolve("none")).find("docker.io")).isEmpty();
  }

  @Test
  void secretsAreNeitherInErrorsNorInText() throws IOException {
    DockerConfig config = config("{\"auths\":{\"a.b\":{\"auth\":\"c2VjcmV0\"}}}");

    assertThatThrownBy(() -> config.find("a.b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("auths[\"a.b\"].auth")
        .hasMessageContaining("log in again")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("c2VjcmV0");
    assertThat(Credentials.password("me", "secret")).hasToString("password of me");
  }

  @Test
  void aHelperThatDoesNotWorkLeavesTheFile() throws IOException {
    DockerConfig config =
        config(
            "{\"credsStore\":\"berth-is-not-there\",\"auths\":{\"a.b\":" + auth("me", "x") + "}}");

    assertThat(config.find("a.b")).contains(Credentials.password("me", "x"));
    assertThat(config.find("c.d")).isEmpty();
  }

  @Test
  void helpersAreAskedAsDockerDoes() throws IOException {
    Path log = directory.resolve("log");
    Path program = directory.resolve("docker-credential-test");
    Files.writeString(
        program,
        """
        #!/bin/sh
        read -r server
        echo "$1 $server" >> %s
        case $server in
          token.example.com) echo '{"ServerURL":"x","Username":"<token>","Secret":"id"}' ;;
          none.example.com) echo 'credentials not found in native keychain'; exit 1 ;;
          *) echo '{"ServerURL":"x","Username":"me","Secret":"s"}' ;;
        esac
        """
            .formatted(log));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    CredentialHelper helper = new CredentialHelper("test", directory.toString());

    assertThat(helper.get("a.example.com")).contains(Credentials.password("me", "s"));
    assertThat(helper.get("token.example.com")).contains(Credentials.identityToken("id"));
    assertThat(helper.get("none.example.com")).isEmpty();
    assertThat(Files.readAllLines(log))
        .containsExactly("get a.example.com", "get token.example.com", "get none.example.com");
    assertThatThrownBy(() -> new CredentialHelper("../../bin/sh", ""))
        .hasMessageContaining("plain name");
  }
}
