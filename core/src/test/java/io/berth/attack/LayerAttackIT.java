package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Image;
import io.berth.error.BerthException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Root file systems with entries that mean harm; HostileRootfsIT has names that lead out. */
class LayerAttackIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path outside;

  private static String run(Image image, String script) {
    try (Container container =
        FIXTURE.engine().containers().create(image).command("sh", "-c", script).start()) {
      container.waitForExit();
      return container.logs().stdout() + container.logs().stderr();
    }
  }

  @Test
  void devicesOfAnImageCannotBeOpened() {
    HostileImage image =
        new HostileImage()
            .special("mem", TarConstants.LF_CHR, 1, 1)
            .special("kmsg", TarConstants.LF_CHR, 1, 11)
            .special("disk", TarConstants.LF_BLK, 8, 0)
            .special("loop", TarConstants.LF_BLK, 7, 0);
    Image imported;
    try {
      imported = image.importAs(FIXTURE.engine(), "hostile/devices");
    } catch (BerthException refused) {
      return; // by a host that allows no devices
    }

    assertThat(
            run(imported, "for d in mem kmsg disk loop; do dd if=/$d count=1 of=/dev/null; done"))
        .doesNotContain("records in")
        .contains("not permitted");
  }

  @Test
  void whiteoutsHideWhatIsBesideThemAndNothingElse() throws IOException {
    Files.writeString(outside.resolve("kept"), "");
    List<List<String>> tricks =
        List.of(
            List.of(".wh.."),
            List.of(".wh..."),
            List.of("bin/.wh.."),
            List.of("bin/.wh..."),
            List.of(".wh."),
            List.of(".wh..wh."),
            List.of(".wh..wh..opq"),
            List.of("bin/.wh..wh..opq/x"),
            List.of(".wh.bin/x"),
            List.of(".wh..wh.plnk"));
    for (List<String> names : tricks) {
      HostileImage hostile = new HostileImage();
      names.forEach(name -> hostile.file(name, ""));
      Image image;
      try {
        image = hostile.importAs(FIXTURE.engine(), "hostile/whiteouts");
      } catch (BerthException refused) {
        continue;
      }

      assertThat(run(image, "ls -d /bin/busybox /etc/passwd; find / -xdev -name '.wh.*'"))
          .as(names.toString())
          .isEqualTo("/bin/busybox\n/etc/passwd\n");
    }
    assertThat(outside.resolve("kept")).exists();
    assertThat(FIXTURE.dataDirectory().resolve("snapshots")).isNotEmptyDirectory();
  }

  @Test
  void entriesThatReplaceOneAnotherWriteThroughNone() throws IOException {
    Path file = Files.writeString(outside.resolve("file"), "the host's");
    String target = "../".repeat(30) + file.toString().substring(1);
    List<HostileImage> images =
        List.of(
            new HostileImage().link("l", file.toString()).file("l", "attack"),
            new HostileImage().link("l", target).file("l", "attack"),
            new HostileImage().link("d", outside.toString()).directory("d").file("d/new", "attack"),
            new HostileImage()
                .file("d/f", "x")
                .link("d", outside.toString())
                .file("d/file", "attack"),
            new HostileImage().link("a", "b").link("b", outside.toString()).file("a/new", "attack"),
            new HostileImage().link("l", file.toString()).hardLink("h", "l").file("h", "attack"),
            new HostileImage().hardLink("h", "/proc/self/exe"),
            new HostileImage().hardLink("h", "h"),
            new HostileImage().special("p", TarConstants.LF_FIFO, 0, 0).file("p", "attack"));
    for (HostileImage hostile : images) {
      try {
        run(hostile.importAs(FIXTURE.engine(), "hostile/twice"), "echo attack >> /l; true");
      } catch (BerthException refused) {
        // as well
      }

      assertThat(file).hasContent("the host's");
      assertThat(outside.toFile().list()).containsExactly("file");
    }
  }

  @Test
  void setuidProgramsStayInTheImage() {
    HostileImage image = new HostileImage().file("bin/su", new byte[10], 04755);

    assertThat(run(image.importAs(FIXTURE.engine(), "hostile/setuid"), "stat -c '%a %u' /bin/su"))
        .isEqualTo("4755 0\n");
    // UserAttackIT shows that nobody else reaches them.
  }

  @Test
  void manyAndLongNamesAreTakenOrRefusedInWords() {
    HostileImage many = new HostileImage();
    for (int i = 0; i < 20_000; i++) {
      many.file("many/" + i % 100 + "/" + i, "");
    }
    assertThat(run(many.importAs(FIXTURE.engine(), "hostile/many"), "find /many -type f | wc -l"))
        .isEqualTo("20000\n");

    for (String name : List.of("d/".repeat(3000) + "f", "x".repeat(300), "d/".repeat(1900) + "f")) {
      try {
        new HostileImage().file(name, "").importAs(FIXTURE.engine(), "hostile/long");
      } catch (BerthException refused) {
        assertThat(refused.getMessage().length()).isLessThan(20_000);
      }
    }
  }
}
