package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies on a file system that shares blocks. */
class ReflinkIT {
  private static final int LARGE = 40 << 20;

  @TempDir Path host;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    Privileges.assumeRoot();
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/mkfs.xfs")), "needs the Debian package xfsprogs");
    disk = Files.createDirectory(host.resolve("disk"));
    Path image = host.resolve("xfs.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(320L << 20);
    }
    run("mkfs.xfs", "-q", "-m", "reflink=1", image.toString());
    assumeTrue(
        new ProcessBuilder("mount", "-o", "loop", image.toString(), disk.toString())
                .start()
                .waitFor()
            == 0,
        "needs loop devices and XFS in the kernel");
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void aCopyTakesNoSpaceUntilItIsWrittenTo() throws IOException {
    try (Snapshotter snapshots = Snapshotters.open(disk, Snapshotters.Driver.COPY)) {
      snapshots.prepare("image", Optional.empty());
      snapshots.apply("image", new Tars().file("large", "x".repeat(LARGE)).stream());
      snapshots.commit("image", "base");
      long free = Files.getFileStore(disk).getUsableSpace();

      for (int i = 0; i < 20; i++) {
        snapshots.prepare("copy" + i, Optional.of("base"));
      }

      // Twenty whole copies would not fit.
      assertThat(free - Files.getFileStore(disk).getUsableSpace()).isLessThan(LARGE);
    }
  }
}
