package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.error.InvalidInputException;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Root file systems that try to write outside of their root are refused, and leave nothing. */
class HostileRootfsIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  @TempDir Path outside;

  private interface Entries {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  private static byte[] tar(Entries entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      entries.write(tar);
    }
    return bytes.toByteArray();
  }

  private static void file(TarArchiveOutputStream tar, String name) throws IOException {
    byte[] content = "attack".getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, String target, byte type)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private void assertRefused(String entry, Entries entries) throws IOException {
    byte[] rootfs = tar(entries);
    List<Image> before = berth.images().list();

    assertThatThrownBy(
            () ->
                berth
                    .images()
                    .importRootfs(new ByteArrayInputStream(rootfs))
                    .tag("hostile")
                    .execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(entry);

    assertThat(berth.images().list()).isEqualTo(before);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void dotsThatLeaveTheRootAreRefused() throws IOException {
    String name = "../".repeat(30) + outside.toString().substring(1) + "/x";

    assertRefused(name, tar -> file(tar, name));
    assertThat(Path.of("/etc/x")).doesNotExist();
    assertRefused("../../etc/x", tar -> file(tar, "../../etc/x"));
    assertThat(Path.of("/etc/x")).doesNotExist();
  }

  @Test
  void anAbsoluteLinkIsNotFollowedOutOfTheRoot() throws IOException {
    assertRefused(
        "out/x",
        tar -> {
          link(tar, "out", outside.toString(), TarConstants.LF_SYMLINK);
          file(tar, "out/x");
        });
  }

  @Test
  void aLinkWithDotsIsNotFollowedOutOfTheRoot() throws IOException {
    assertRefused(
        "out/x",
        tar -> {
          link(
              tar,
              "out",
              "../".repeat(30) + outside.toString().substring(1),
              TarConstants.LF_SYMLINK);
          file(tar, "out/x");
        });
  }

  @Test
  void aHardLinkToTheOutsideIsRefused() throws IOException {
    Path secret = Files.writeString(outside.resolveSibling("berth-secret"), "secret");
    try {
      assertRefused(
          "stolen",
          tar ->
              link(
                  tar,
                  "stolen",
                  "../".repeat(30) + secret.toString().substring(1),
                  TarConstants.LF_LINK));
    } finally {
      Files.delete(secret);
    }
  }
}
