package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.linux.DirEntry;
import io.berth.linux.RootDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotViewsIT {
  @TempDir Path dir;

  @BeforeEach
  void needRoot() {
    Privileges.assumeRoot();
  }

  @Test
  void mountsManyLayersWithStrangeNamesAndLeavesNoMount() throws IOException {
    for (Function<RootMount.Overlay, RootDir> way :
        List.<Function<RootMount.Overlay, RootDir>>of(
            SnapshotViews::openDetached, SnapshotViews::openByClone)) {
      RootMount.Overlay overlay = overlay(40);

      try (RootDir root = way.apply(overlay)) {
        assertThat(root.list("/"))
            .hasSize(40)
            .contains(new DirEntry("f7", root.list("/").get(0).type()));
        root.remove("/f7");
        assertThat(root.resolve("/f8")).isEqualTo("/f8");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("/berth-view");
      }

      assertThat(Files.exists(overlay.writable().orElseThrow().upper().resolve("f7"))).isTrue();
    }
  }

  private RootMount.Overlay overlay(int layers) throws IOException {
    Path base = Files.createTempDirectory(dir, "odd:na,me\\");
    List<Path> lowers = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      Path lower = Files.createDirectory(base.resolve("lower:" + i));
      Files.createFile(lower.resolve("f" + i));
      lowers.add(lower);
    }
    Path upper = Files.createDirectory(base.resolve("up,per"));
    Path work = Files.createDirectory(base.resolve("work"));
    return new RootMount.Overlay(
        lowers,
        Optional.of(new RootMount.Writable(upper, work)),
        RootMount.Flavor.TRUSTED,
        io.berth.linux.FileRights.direct());
  }
}
