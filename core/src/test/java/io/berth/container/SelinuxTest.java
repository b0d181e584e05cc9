package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.Relabel;
import io.berth.api.Rights;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels on a made-up selinuxfs, and real ones on files. */
class SelinuxTest {
  private static final String ID = "0123456789abcdef".repeat(4);

  @TempDir private Path work;
  private Selinux selinux;

  @BeforeEach
  void makeHost() throws IOException {
    Files.createDirectories(work.resolve("fs"));
    Files.writeString(work.resolve("fs/enforce"), "1");
    selinux = new Selinux(work.resolve("fs"), work.resolve("etc"));
  }

  private static Rights rights(boolean privileged, String... labels) {
    return new Rights(
        privileged,
        List.of(),
        List.of(),
        false,
        Optional.empty(),
        List.of(labels),
        Optional.empty(),
        false);
  }

  @Test
  void eachContainerHasCategoriesOfItsOwn() {
    Selinux.Labels labels = selinux.labels(ID, rights(false)).orElseThrow();
    List<String> others =
        IntStream.range(0, 1000)
            .mapToObj(i -> selinux.labels(ID + i, rights(false)).orElseThrow().process())
            .distinct()
            .toList();

    assertThat(labels.process()).matches("system_u:system_r:container_t:s0:c\\d{1,4},c\\d{1,4}");
    String level = labels.process().substring(labels.process().indexOf("s0"));
    assertThat(labels.file()).isEqualTo("system_u:object_r:container_file_t:" + level);
    assertThat(labels.shared()).isEqualTo("system_u:object_r:container_file_t:s0");
    assertThat(labels.mountOption()).isEqualTo("context=\"" + labels.file() + "\"");
    assertThat(selinux.labels(ID, rights(false))).contains(labels);
    assertThat(others).hasSizeGreaterThan(990);
    assertThat(others)
        .allSatisfy(
            label -> {
              String[] pair = label.substring(label.indexOf(":c", 20) + 2).split(",c");
              assertThat(Integer.parseInt(pair[0])).isLessThan(Integer.parseInt(pair[1]));
            });
  }

  @Test
  void optionsTakeThePlaceOfTheUsualParts() {
    Selinux.Labels labels =
        selinux
            .labels(ID, rights(false, "type:svirt_t", "level:s0:c1,c2", "filetype:web_t", "user:u"))
            .orElseThrow();

    assertThat(labels.process()).isEqualTo("u:system_r:svirt_t:s0:c1,c2");
    assertThat(labels.file()).isEqualTo("u:object_r:web_t:s0:c1,c2");
  }

  @Test
  void theHostsPolicyNamesTheTypes() throws IOException {
    Path contexts = Files.createDirectories(work.resolve("etc/targeted/contexts"));
    Files.writeString(
        work.resolve("etc/config"), "# about\nSELINUX=enforcing\nSELINUXTYPE=targeted\n");
    Files.writeString(
        contexts.resolve("lxc_contexts"),
        "process = \"system_u:system_r:lxc_t:s0\"\nfile = \"system_u:object_r:lxc_file_t:s0\"\n");

    Selinux.Labels labels = selinux.labels(ID, rights(false)).orElseThrow();

    assertThat(labels.process()).startsWith("system_u:system_r:lxc_t:s0:c");
    assertThat(labels.file()).startsWith("system_u:object_r:lxc_file_t:s0:c");
  }

  @Test
  void thereAreNoneWithoutSelinuxAndForThoseThatAreNotConfined() throws IOException {
    assertThat(selinux.labels(ID, rights(true))).isEmpty();
    assertThat(selinux.labels(ID, rights(false, "disable"))).isEmpty();
    Files.delete(work.resolve("fs/enforce"));
    assertThat(selinux.labels(ID, rights(false))).isEmpty();
  }

  @Test
  void filesAreLabelledAndLinksAreNotFollowed() throws IOException {
    Path outside = Files.writeString(work.resolve("outside"), "");
    Path tree = Files.createDirectories(work.resolve("tree/below"));
    Files.writeString(tree.resolve("file"), "");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    assumeTrue(canLabel(outside), "this file system or user has no security.selinux attributes");

    Selinux.relabel(work.resolve("tree"), "system_u:object_r:container_file_t:s0");

    String expected = "system_u:object_r:container_file_t:s0\0";
    assertThat(label(work.resolve("tree"))).isEqualTo(expected);
    assertThat(label(tree)).isEqualTo(expected);
    assertThat(label(tree.resolve("file"))).isEqualTo(expected);
    assertThat(label(tree.resolve("link"))).isEqualTo(expected);
    assertThat(label(outside)).isEqualTo("before");
  }

  private static boolean canLabel(Path file) {
    try (Fd directory = FileCalls.openDirectory(file.getParent())) {
      Xattrs.set(
          directory,
          file.getFileName().toString(),
          "security.selinux",
          "before".getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static String label(Path file) {
    try (Fd directory = FileCalls.openDirectory(file.getParent())) {
      return Xattrs.get(directory, file.getFileName().toString(), "security.selinux")
          .map(value -> new String(value, StandardCharsets.US_ASCII))
          .orElse("");
    }
  }

  @Test
  void theHostsOwnDirectoriesAreRefused() throws IOException {
    Path link = Files.createSymbolicLink(work.resolve("link"), Path.of("/etc"));

    assertThatThrownBy(() -> Selinux.relabel(Path.of("/usr"), "l"))
        .hasMessageContaining("SELinux relabeling of /usr is not allowed");
    assertThatThrownBy(() -> Selinux.relabel(link, "l")).hasMessageContaining("/etc");
  }

  @Test
  void whatAVolumeOptionAsksForIsKept() {
    assertThat(BindOptions.relabel(List.of("ro", "z"))).isEqualTo(Relabel.SHARED);
    assertThat(BindOptions.relabel(List.of("Z"))).isEqualTo(Relabel.PRIVATE);
    assertThat(BindOptions.relabel(List.of("ro"))).isEqualTo(Relabel.NONE);
  }
}
