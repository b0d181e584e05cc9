package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Volume;
import io.berth.error.InvalidInputException;
import io.berth.testing.TestEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BackupVolumesIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @Test
  void aDriverOfTheApplicationsOwnKeepsVolumes() {
    Engine berth = FIXTURE.engine();
    Volume volume = berth.volumes().create("kept").driver("backup").option("keep", "2").execute();
    for (String text : new String[] {"one", "two", "three"}) {
      try (Container writer =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .volume("kept", "/data")
              .command("sh", "-c", "echo -n " + text + " >/data/f")
              .start()) {
        assertThat(writer.waitForExit()).isZero();
      }
    }

    Path copies = FIXTURE.dataDirectory().resolve("volume-drivers/backup/kept/copies");
    assertThat(volume.driver()).isEqualTo("backup");
    assertThat(copies.resolve("1/f")).hasContent("three");
    assertThat(copies.resolve("2/f")).hasContent("two");
    assertThat(copies.resolve("3")).doesNotExist();
    assertThat(berth.volumes().list()).extracting(Volume::name).containsExactly("kept");
    assertThatThrownBy(
            () -> berth.volumes().create("other").driver("backup").option("keep", "x").execute())
        .isInstanceOf(InvalidInputException.class);
    berth.volumes().remove("kept", false);
    assertThat(berth.volumes().list()).isEmpty();
  }
}
