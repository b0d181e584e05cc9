package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.linux.RootDir;
import io.berth.linux.Trees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our tars against GNU tar, both ways. */
class TarInteropIT {
  private Path dir;
  private Snapshotter snapshots;

  @BeforeEach
  void open() throws IOException {
    Privileges.assumeRoot();
    dir = Files.createTempDirectory("berth-tar");
    snapshots = Snapshotters.open(dir, Snapshotters.Driver.COPY);
  }

  @AfterEach
  void close() {
    if (snapshots != null) {
      snapshots.close();
      Trees.remove(dir);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=oldgnu",
        "--format=ustar",
        "--format=v7",
        "--format=posix",
        "--format=gnu --sparse",
        "--format=posix --sparse --sparse-version=0.0",
        "--format=posix --sparse --sparse-version=0.1",
        "--format=posix --sparse --sparse-version=1.0"
      })
  void unpacksWhatGnuTarWrites(String options) throws Exception {
    Path source = source(!options.contains("v7") && !options.contains("ustar"));
    Path tar = dir.resolve("in.tar");
    run(
        Stream.concat(
                Stream.of("tar", "-C", source.toString(), "-cf", tar.toString()),
                Stream.concat(Arrays.stream(options.split(" ")), Stream.of(".")))
            .toList());

    Path unpacked = unpack(tar);

    run(List.of("diff", "-r", "--no-dereference", source.toString(), unpacked.toString()));
    assertThat(blocks(unpacked.resolve("sparse"))).isLessThan(1000);
  }

  @Test
  void writesWhatGnuTarUnpacks() throws Exception {
    Path source = source(true);
    Path files = ((RootMount.Directory) snapshots.prepare("out", Optional.empty())).path();
    run(List.of("cp", "-a", source + "/.", files.toString()));
    Path tar = dir.resolve("out.tar");
    try (OutputStream out = Files.newOutputStream(tar)) {
      snapshots.diff("out", out);
    }
    Path target = Files.createDirectory(dir.resolve("target"));

    run(List.of("tar", "-C", target.toString(), "--xattrs", "-xpf", tar.toString()));

    run(List.of("diff", "-r", "--no-dereference", source.toString(), target.toString()));
    assertThat(Files.getLastModifiedTime(target.resolve("plain")))
        .isEqualTo(Files.getLastModifiedTime(source.resolve("plain")));
    assertThat((long) Files.getAttribute(target.resolve("hard"), "unix:ino"))
        .isEqualTo((long) Files.getAttribute(target.resolve("plain"), "unix:ino"));
  }

  @Test
  void refusesEveryArchiveThatIsCutShort() throws IOException {
    byte[] tar = new Tars().dir("d", 0755).file("d/" + "x".repeat(150), "y".repeat(700)).bytes();
    int end = tar.length - 1024;

    for (int length = 1; length < end; length += 37) {
      byte[] cut = Arrays.copyOf(tar, length);
      boolean whole = length == 1536 || length >= end - 324; // between entries, in the last padding
      if (!whole) {
        assertThatThrownBy(() -> readAll(cut))
            .as("cut at %d", length)
            .isInstanceOf(InvalidInputException.class);
      }
    }
    readAll(tar);
  }

  @Test
  void survivesDamageInAnyByteOfAHeader() throws IOException {
    byte[] tar = new Tars().file("x".repeat(150), "y").bytes();

    for (int i = 0; i < tar.length - 1024; i++) {
      byte[] damaged = tar.clone();
      damaged[i] ^= 0x41;
      try {
        readAll(damaged);
      } catch (InvalidInputException expected) {
        assertThat(expected).hasMessageContaining("ar");
      }
    }
  }

  private static void readAll(byte[] bytes) throws IOException {
    TarReader tar = new TarReader(new ByteArrayInputStream(bytes));
    for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
      tar.content().readAllBytes();
    }
  }

  private Path unpack(Path tar) throws IOException {
    RootMount.Directory mount = (RootMount.Directory) snapshots.prepare("in", Optional.empty());
    try (InputStream in = Files.newInputStream(tar);
        RootDir root = SnapshotViews.open(mount)) {
      snapshots.apply("in", in);
      assertThat(root.exists("/plain")).isTrue();
    }
    return mount.path();
  }

  private Path source(boolean longNames) throws IOException {
    Path source = Files.createDirectory(dir.resolve("source"));
    Files.writeString(source.resolve("plain"), "plain");
    Files.createLink(source.resolve("hard"), source.resolve("plain"));
    Files.createSymbolicLink(source.resolve("sym"), Path.of("/nowhere"));
    Files.createDirectories(source.resolve("d/empty"));
    if (longNames) {
      Files.writeString(source.resolve("d/" + "l".repeat(240)), "long");
      Files.createSymbolicLink(source.resolve("longlink"), Path.of("t".repeat(300)));
    }
    try (RandomAccessFile file = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
      for (int i = 0; i < 8; i++) { // more runs than an old GNU header holds
        file.seek((i * 2L + 1) << 20);
        file.write(("data" + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      }
      file.setLength(20 << 20);
    }
    return source;
  }

  private long blocks(Path file) throws Exception {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
  }
}
