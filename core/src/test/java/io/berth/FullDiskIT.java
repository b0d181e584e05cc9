package io.berth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.BerthException;
import io.berth.testing.BusyboxImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * An engine whose file system is full: it says so, loses nothing, and goes on when there is room.
 */
class FullDiskIT {
  @TempDir Path host;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    if (!System.getProperty("user.name").equals("root")) {
      throw new TestAbortedException("needs root to mount a small file system");
    }
    disk = Files.createDirectory(host.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Image importBusybox(Engine engine, String name) {
    return engine
        .images()
        .importRootfs(new ByteArrayInputStream(BusyboxImage.tar()))
        .tag(name)
        .execute();
  }

  private static void checkThatItWorks(Engine engine) {
    try (Container container =
        engine.containers().create("busybox").command("echo", "works").start()) {
      assertThat(container.waitForExit()).isZero();
      assertThat(container.logs().stdout()).isEqualTo("works\n");
    }
  }

  /** Leaves room for so many bytes. */
  private Path fill(long left) throws IOException {
    Path filler = disk.resolve("filler");
    long free = Files.getFileStore(disk).getUsableSpace();
    try (OutputStream out = Files.newOutputStream(filler)) {
      byte[] block = new byte[4096];
      for (long n = free - left; n > 0; n -= block.length) {
        out.write(block);
      }
    }
    return filler;
  }

  @Test
  void aFullDiskIsToldAndTheStoreStaysWhole() throws IOException {
    Path data = disk.resolve("data");
    try (Engine engine = Berth.open(data)) {
      Image image = importBusybox(engine, "busybox");
      engine.volumes().create("vol").execute();
      checkThatItWorks(engine);
      Path filler = fill(200_000);

      assertThatThrownBy(() -> importBusybox(engine, "second"))
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("ENOSPC");
      assertThatThrownBy(
              () ->
                  engine
                      .images()
                      .build(Dockerfile.from("busybox").run("head -c 3000000 /dev/urandom >/big"))
                      .tag("built")
                      .execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("exit code 1");
      assertThatThrownBy(
              () ->
                  engine
                      .images()
                      .build(
                          Dockerfile.from("busybox").copyText("big", "x".repeat(3_000_000), "/big"))
                      .execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("No space left on device");
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      try (Container writer =
          engine
              .containers()
              .create("busybox")
              .output(OutputStream.nullOutputStream(), errors)
              .volume("vol", "/v")
              .command("sh", "-c", "for i in 1 2 3; do cp /bin/busybox /v/$i || exit 1; done")
              .start()) {
        assertThat(writer.waitForExit()).isNotZero();
        // Not in its log, which is on the same disk.
        assertThat(errors.toString()).contains("No space left on device");
      }
      assertThat(engine.images().list()).extracting(Image::id).containsExactly(image.id());

      engine.volumes().remove("vol", false);
      Files.delete(filler);
      checkThatItWorks(engine);
      engine
          .images()
          .build(Dockerfile.from("busybox").run("echo hi >/small"))
          .tag("built")
          .execute();
    }
    try (Engine again = Berth.open(data)) {
      assertThat(again.images().get("built").tags()).hasSize(1);
      checkThatItWorks(again);
      List<String> removed = again.images().remove("built", false);
      assertThat(removed).isNotEmpty();
    }
  }

  @Test
  void aDiskWithoutAnyRoomIsToldAtOnce() throws IOException {
    Path data = disk.resolve("data");
    try (Engine engine = Berth.open(data)) {
      importBusybox(engine, "busybox");
    }
    Path filler = fill(0);

    assertThatThrownBy(
            () -> {
              try (Engine engine = Berth.open(data)) {
                engine.containers().create("busybox").command("true").start().close();
              }
            })
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("space");

    Files.delete(filler);
    try (Engine engine = Berth.open(data)) {
      checkThatItWorks(engine);
      assertThat(engine.containers().list()).isEmpty();
    }
  }
}
