package io.berth.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.NotFoundException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineSettingsTest {
  private static EngineSettings with(String name, String value) {
    return new EngineSettings(Map.of(name, value)::get);
  }

  @Test
  void archivesAreJoinedByColons() {
    assertThat(with("berth.images", "a.tar:/b/c.tar").images())
        .containsExactly(Path.of("a.tar"), Path.of("/b/c.tar"));
    assertThat(with("berth.images", "a.tar::").images()).containsExactly(Path.of("a.tar"));
    assertThat(with("other", "x").images()).isEmpty();
  }

  @Test
  void anArchiveThatIsNotThereIsNamedAndNothingIsMade(@TempDir Path directory) {
    Path root = directory.resolve("root");
    EngineSettings settings =
        new EngineSettings(
            Map.of("berth.images", "/no/such.tar", "berth.root", root.toString())::get);

    assertThatThrownBy(settings::open)
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("No such archive: /no/such.tar")
        .hasMessageContaining("berth.images");
    assertThat(root).doesNotExist();
  }

  @Test
  void blankIsAsGoodAsNothing() {
    assertThat(with("berth.root", "  ").of("berth.root")).isEmpty();
    assertThat(with("berth.root", " /r ").of("berth.root")).contains("/r");
  }
}
