package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Volume;
import io.berth.error.BerthException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VolumePluginIT {
  @TempDir static Path plugins;

  @RegisterExtension
  static final TestEngine FIXTURE = TestEngine.with(builder -> builder.volumePlugins(plugins));

  @TempDir Path data;

  @Test
  void aPluginIsAskedForItsVolumesAndToldWhoHasThem() throws IOException {
    Engine engine = FIXTURE.engine();
    try (FakePlugin plugin = new FakePlugin(plugins.resolve("fake.sock"), data, false)) {
      Volume volume =
          engine.volumes().create("vol").driver("fake").option("a", "b").label("l", "1").execute();
      try (Container container =
          engine
              .containers()
              .create(TestEngine.IMAGE)
              .volume("vol", "/v")
              .command("sh", "-c", "echo -n p >/v/f")
              .start()) {
        assertThat(container.waitForExit()).isZero();
      }

      assertThat(volume.labels()).containsEntry("l", "1");
      assertThat(data.resolve("vol/f")).hasContent("p");
      assertThat(plugin.calls)
          .containsSubsequence("Plugin.Activate", "Create vol", "Mount vol", "Unmount vol");
      assertThat(plugin.calls.stream().filter("Mount vol"::equals).count())
          .isEqualTo(plugin.calls.stream().filter("Unmount vol"::equals).count());
      assertThat(engine.volumes().list()).contains(volume);
      assertThatThrownBy(
              () -> engine.volumes().create("bad").driver("fake").option("bad", "1").execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("no such option: bad");
      engine.volumes().remove("vol", false);
      assertThat(data.resolve("vol")).doesNotExist();
      assertThat(engine.volumes().list()).isEmpty();
    }
    // It does not answer any more: others are served all the same.
    engine.volumes().create("local").execute();
    assertThat(engine.volumes().list()).extracting(Volume::name).containsExactly("local");
    engine.volumes().remove("local", false);
  }

  @Test
  void aPluginIsFoundByASpecFileAndMayAnswerInChunks() throws IOException {
    Path socket = data.resolve("s.sock");
    Files.writeString(plugins.resolve("spec.spec"), "unix://" + socket + "\n");
    try (FakePlugin plugin = new FakePlugin(socket, data, true)) {
      FIXTURE.engine().volumes().create("vol").driver("spec").execute();

      assertThat(plugin.calls).contains("Create vol");
      FIXTURE.engine().volumes().remove("vol", false);
    }
  }
}
