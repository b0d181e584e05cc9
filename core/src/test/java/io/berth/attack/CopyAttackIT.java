package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.FileAccess.CopyOptions;
import io.berth.api.FileAccess.ExtractOptions;
import io.berth.api.NetworkMode;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.Xattrs;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives that are copied into containers without end, and containers that fill or trick a host.
 */
class CopyAttackIT {
  private static final int LIMIT = 4 << 20;
  private static final int ENTRIES = 50;

  @RegisterExtension
  static final TestEngine FIXTURE =
      TestEngine.with(builder -> builder.unpackedLimit(LIMIT).unpackedEntries(ENTRIES));

  @TempDir Path host;

  @AfterEach
  void clean() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
  }

  private static CreateRequest create(String script) {
    return FIXTURE
        .engine()
        .containers()
        .create(TestEngine.IMAGE)
        .network(NetworkMode.NONE)
        .command("sh", "-c", script);
  }

  /** One that has done what it is to do, and goes on. */
  private static Container running(String script) {
    Container container = create(script + "; echo ready; exec sleep 1000").start();
    container.waitFor(Wait.forLog("ready"));
    return container;
  }

  private static byte[] tar(TarEntry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes);
    for (TarEntry entry : entries) {
      tar.begin(entry);
      byte[] zeros = new byte[1 << 16];
      for (long left = entry.segments().stream().mapToLong(s -> s.length()).sum(); left > 0; ) {
        int n = (int) Math.min(left, zeros.length);
        tar.write(zeros, 0, n);
        left -= n;
      }
    }
    tar.finish();
    return bytes.toByteArray();
  }

  private static TarEntry file(String name, long size) {
    return TarEntry.of(TarType.REGULAR, name, 0644).withSize(size);
  }

  /** Hardly a byte of it is in the archive. */
  private byte[] hole(long size) throws IOException, InterruptedException {
    try (RandomAccessFile sparse = new RandomAccessFile(host.resolve("hole").toFile(), "rw")) {
      sparse.setLength(size);
    }
    Process tar = new ProcessBuilder("tar", "-S", "-C", host.toString(), "-c", "hole").start();
    byte[] bytes = tar.getInputStream().readAllBytes();
    assertThat(tar.waitFor()).isZero();
    return bytes;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static void assertRefused(Container container, byte[] tar, String... reasons) {
    assertThatThrownBy(
            () ->
                container
                    .files()
                    .extract(new ByteArrayInputStream(tar), "/in", ExtractOptions.DEFAULT))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .contains(reasons);
  }

  private static String list(Container container) {
    return container.exec("sh", "-c", "ls -A /in").execute().stdout();
  }

  @Test
  void anArchiveBeyondALimitLeavesWhatCameBeforeAndNothingHalfWritten() throws Exception {
    Container container = running("mkdir /in");

    assertRefused(
        container, tar(file("a", 10), file("big", LIMIT)), "big", "limit of " + LIMIT, "the 1");
    assertThat(list(container)).isEqualTo("a\n");
    assertRefused(
        container, gzip(tar(file("b", 10), file("bomb", LIMIT + 1))), "bomb", "unpackedLimit");
    assertThat(list(container)).isEqualTo("a\nb\n");
    assertRefused(container, hole(1L << 40), "hole", "limit of " + LIMIT, "the 0");
    TarEntry[] many =
        Stream.iterate(0, i -> i + 1)
            .limit(ENTRIES + 1)
            .map(i -> TarEntry.of(TarType.DIRECTORY, "d" + i, 0755))
            .toArray(TarEntry[]::new);
    assertRefused(container, tar(many), "d" + ENTRIES, "limit of " + ENTRIES + " entries");
    assertThat(list(container)).contains("d0\n").doesNotContain("d" + ENTRIES).doesNotContain(".b");
    // What is cut off in the middle of a file is not there either.
    byte[] whole = tar(file("cut", 100_000));
    byte[] cut = java.util.Arrays.copyOf(whole, 50_000);
    assertRefused(container, cut, "tar");
    assertThat(list(container)).doesNotContain("cut").doesNotContain(".berth");
    // A file that was there stays as it was.
    container.exec("sh", "-c", "echo old > /in/a").execute();
    assertRefused(container, tar(file("a", LIMIT + 1)), "limit of");
    assertThat(container.exec("cat", "/in/a").execute().stdout()).isEqualTo("old\n");
  }

  @Test
  void aDirectoryOfTheHostBeyondTheLimitIsNotCopiedIn() throws IOException {
    Files.write(host.resolve("big"), new byte[LIMIT + 1]);
    Container container = running("mkdir /in");

    assertThatThrownBy(() -> container.files().copyTo(host.resolve("big"), "/in"))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("limit of " + LIMIT);
    assertThat(list(container)).isEmpty();
  }

  @Test
  void aContainerDoesNotFillTheHostThatCopiesFromIt() throws IOException {
    Container container =
        running(
            "mkdir /out /many; dd if=/dev/zero of=/out/hole bs=1 count=1 seek=8000000000 2>&1;"
                + " for i in $(seq 100); do : > /many/$i; done");

    for (String what : new String[] {"/out", "/out/hole", "/many"}) {
      assertThatThrownBy(() -> container.files().copyFrom(what, host.resolve("got")))
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("limit of ");
    }
    assertThat(host.resolve("got/hole")).doesNotExist();
  }

  /**
   * A user in a container makes a setuid file of its own, or one with capabilities; as root copies
   * it out, it would become root's.
   */
  @Test
  void whatGivesRightsStaysInTheContainer() throws IOException {
    assumeFalse(FIXTURE.isRootless(), "needs devices and capabilities, which only root can give");
    Container container = running("mkdir /out; cp /bin/busybox /out/file");
    container.exec("sh", "-c", "chown 1000 /out/file; chmod 6777 /out/file").execute();
    // cap_sys_admin=ep, as setcap(8) writes it.
    byte[] capability = HexFormat.of().parseHex("0100000200002000000000000000000000000000");
    TarEntry plain = file("out/capable", 1);
    TreeMap<String, byte[]> attributes = new TreeMap<>();
    attributes.put("security.capability", capability);
    TarEntry capable =
        new TarEntry(
            TarType.REGULAR,
            "out/capable",
            "",
            0755,
            0,
            0,
            1,
            plain.mtime(),
            0,
            0,
            attributes,
            Optional.empty());
    container.files().extract(new ByteArrayInputStream(tar(capable)), "/", ExtractOptions.DEFAULT);

    container.files().copyFrom("/out", host.resolve("got"));
    container
        .files()
        .copyFrom("/out", host.resolve("all").toString(), new CopyOptions(false, true));

    assertThat(mode("got/file")).isEqualTo(0777);
    assertThat(mode("all/file")).isEqualTo(06777);
    assertThat(attributes("got")).isEmpty();
    assertThat(attributes("all")).containsExactly("security.capability");
    container.exec("mknod", "-m", "666", "/out/disk", "b", "8", "0").execute();
    assertThatThrownBy(() -> container.files().copyFrom("/out", host.resolve("more")))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("disk")
        .hasMessageContaining("device");
    assertThat(host.resolve("more/disk")).doesNotExist();
  }

  private int mode(String file) throws IOException {
    return (int) Files.getAttribute(host.resolve(file), "unix:mode") & 07777;
  }

  private java.util.List<String> attributes(String directory) {
    try (Fd fd = FileCalls.openDirectory(host.resolve(directory))) {
      return Xattrs.names(fd, "capable");
    }
  }

  /** Its files in /etc are files of the host, which another container's are made from. */
  @Test
  void aContainerThatFillsItsHostsFileDoesNotFillTheEngine() {
    Container hostile = running("dd if=/dev/zero of=/etc/hosts bs=1 count=1 seek=6000000000 2>&1");

    assertThatThrownBy(() -> create("true").network(NetworkMode.container(hostile.id())).start())
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("/etc/hosts");
    try (Container other = create("echo well").start()) {
      assertThat(other.waitForExit()).isZero();
    }
  }
}
