package io.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootDirIT {
  @TempDir Path outside;
  private Path tree;
  private RootDir root;

  @BeforeEach
  void open() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root: owners and devices");
    tree = Files.createDirectory(outside.resolve("tree"));
    root = RootDir.open(tree);
  }

  @AfterEach
  void close() {
    if (root != null) {
      root.close();
    }
  }

  @Test
  void writesAFileWithItsMetadata() throws IOException {
    Instant time = Instant.parse("2001-02-03T04:05:06.000000007Z");

    root.makeDirectories("/a/b", Metadata.of(0710, 3, 4));
    root.write("a/b/f", bytes("hello"), new Metadata(04755, 5, 6, Optional.of(time)));

    FileStatus status = root.stat("/a/b/f").orElseThrow();
    assertThat(status.mode()).isEqualTo(04755);
    assertThat(status.uid()).isEqualTo(5);
    assertThat(status.mtime()).isEqualTo(time);
    assertThat(root.stat("/a").orElseThrow().mode()).isEqualTo(0710);
    assertThat(read("/a/b/f")).isEqualTo("hello");
    assertThat(root.list("/a/b")).extracting(DirEntry::name).containsExactly("f");
  }

  @Test
  void followsSymlinksAsInAChroot() throws IOException {
    Files.writeString(outside.resolve("secret"), "outside");
    root.makeDirectories("/real", Metadata.of(0755, 0, 0));
    root.write("/real/f", bytes("inside"), Metadata.of(0644, 0, 0));
    root.symlink("/absolute", "/real", 0, 0, Optional.empty());
    root.symlink("/up", "../../../../real", 0, 0, Optional.empty());
    root.symlink("/leak", outside.resolve("secret").toString(), 0, 0, Optional.empty());
    root.symlink("/leak2", "../secret", 0, 0, Optional.empty());

    assertThat(read("/absolute/f")).isEqualTo("inside");
    assertThat(read("/up/f")).isEqualTo("inside");
    assertThat(read("/../../up/f")).isEqualTo("inside");
    assertThat(root.resolve("/up/../absolute/f")).isEqualTo("/real/f");
    assertThat(root.resolve("/absolute/new/file")).isEqualTo("/real/new/file");
    assertThat(root.exists("/leak")).isFalse();
    assertThatThrownBy(() -> root.read("/leak2")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void makesDirectoriesBehindADanglingSymlinkInside() {
    root.symlink("/var", "/data/var", 0, 0, Optional.empty());

    root.makeDirectories("/var/lib", Metadata.of(0755, 0, 0));

    assertThat(tree.resolve("data/var/lib")).isDirectory();
    assertThat(Path.of("/data/var/lib")).doesNotExist();
  }

  @Test
  void replacesASymlinkInsteadOfWritingThroughIt() throws IOException {
    root.write("/target", bytes("old"), Metadata.of(0644, 0, 0));
    root.symlink("/link", "target", 0, 0, Optional.empty());

    root.write("/link", bytes("new"), Metadata.of(0644, 0, 0));

    assertThat(read("/target")).isEqualTo("old");
    assertThat(read("/link")).isEqualTo("new");
  }

  @Test
  void doesNotOpenDevicesAndPipes() {
    FileCalls.mknod(root.fd(), "pipe", FileType.FIFO, 0644, 0, 0);

    assertThatThrownBy(() -> root.read("/pipe")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void removesTreesButNotWhatSymlinksLeadTo() throws IOException {
    Path kept = Files.writeString(outside.resolve("kept"), "x");
    root.makeDirectories("/d/e", Metadata.of(0755, 0, 0));
    root.symlink("/d/e/link", outside.toString(), 0, 0, Optional.empty());

    root.remove("/d");
    root.remove("/absent/too");

    assertThat(root.exists("/d")).isFalse();
    assertThat(kept).exists();
  }

  @Test
  void keepsNamesThatAreNotUtf8() throws IOException {
    root.write("/\udcff\udc80\u00e4\ud83d\ude00", bytes("x"), Metadata.of(0644, 0, 0));

    assertThat(root.list("/"))
        .extracting(DirEntry::name)
        .containsExactly("\udcff\udc80\u00e4\ud83d\ude00");
    assertThat(Names.encode("\udcff\u00e4")).containsExactly(0xff, 0xc3, 0xa4);
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void excludesOtherHoldersOfALock() {
    Path file = outside.resolve("lock");
    try (FileLock shared = FileLock.shared(file)) {
      assertThat(FileLock.tryExclusive(file)).isEmpty();
      FileLock.tryShared(file).orElseThrow().close();
    }
    try (FileLock exclusive = FileLock.tryExclusive(file).orElseThrow()) {
      assertThat(FileLock.tryShared(file)).isEmpty();
      exclusive.share();
      FileLock.tryShared(file).orElseThrow().close();
    }
  }

  private String read(String path) throws IOException {
    try (InputStream in = root.read(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
