package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutlookTest {
  @TempDir Path home;

  private boolean promising(Map<String, String> properties, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(properties);
    all.put("user.home", home.toString());
    return new Outlook(all::get, environment).promising();
  }

  @Test
  void anEngineThatIsAskedForIsExpected() {
    assertThat(promising(Map.of("berth.testcontainers", "true"), Map.of())).isTrue();
    assertThat(promising(Map.of(), Map.of("TESTCONTAINERS_BERTH_TESTCONTAINERS", "true"))).isTrue();
  }

  @Test
  void noneIsExpectedWhereItIsNotWantedOrHasNoProcess() {
    assertThat(promising(Map.of("berth.testcontainers", "false"), Map.of())).isFalse();
    assertThat(
            promising(Map.of("berth.testcontainers", "true", "berth.process", "false"), Map.of()))
        .isFalse();
    assertThat(
            promising(Map.of("berth.testcontainers", "true"), Map.of("DOCKER_HOST", "unix:///x")))
        .isFalse();
  }

  @Test
  void noneIsExpectedBesideDockerOrSettings() throws Exception {
    Files.createFile(home.resolve("docker.sock"));

    assertThat(promising(Map.of(), Map.of("XDG_RUNTIME_DIR", home.toString()))).isFalse();
    Files.createFile(home.resolve(".testcontainers.properties"));
    assertThat(promising(Map.of(), Map.of())).isFalse();
  }

  @Test
  void whatIsMadeReadyIsThere() throws Exception {
    for (String name : StartupClasses.SLOW) {
      assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
    }
  }
}
