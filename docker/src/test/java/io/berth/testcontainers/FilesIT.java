package io.berth.testcontainers;

import static io.berth.testcontainers.Apps.idle;
import static io.berth.testcontainers.Apps.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.NotFoundException;
import io.berth.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.MountableFile;

/** Files in and out of containers. */
@ExtendWith(Offline.class)
@Timeout(120)
class FilesIT {
  @TempDir Path directory;

  private static String run(GenericContainer<?> it, String script) throws Exception {
    return it.execInContainer("sh", "-c", script).getStdout();
  }

  @Test
  void classPathResourcesAreCopied() throws Exception {
    try (GenericContainer<?> it =
        idle()
            .withCopyFileToContainer(
                MountableFile.forClasspathResource("junit-platform.properties"), "/in/a")
            .withCopyFileToContainer(
                MountableFile.forClasspathResource("junit-platform.properties", 0641), "/in/b")) {
      it.start();

      assertThat(run(it, "cat /in/a")).contains("jqwik");
      assertThat(run(it, "stat -c %a /in/b")).isEqualTo("641\n");
    }
  }

  @Test
  void classPathResourcesAreMapped() throws Exception {
    try (GenericContainer<?> it =
        idle()
            .withClasspathResourceMapping(
                "junit-platform.properties", "/in/copied", BindMode.READ_ONLY)
            .withClasspathResourceMapping(
                "junit-platform.properties", "/in/bound", BindMode.READ_WRITE)) {
      it.start();

      assertThat(run(it, "cat /in/copied")).contains("jqwik");
      assertThat(run(it, "cat /in/bound")).contains("jqwik");
      assertThat(run(it, "mount")).contains(" on /in/bound ");
    }
  }

  @Test
  @SuppressWarnings("deprecation")
  void volumesOfAnotherContainerAreShared() throws Exception {
    try (GenericContainer<?> owner =
            idle().withFileSystemBind(directory.toString(), "/shared", BindMode.READ_WRITE);
        GenericContainer<?> it = idle()) {
      owner.start();
      it.withVolumesFrom(owner, BindMode.READ_WRITE).start();

      run(it, "echo hi > /shared/word");
      assertThat(run(owner, "cat /shared/word")).isEqualTo("hi\n");
    }
  }

  @Test
  void aResourceInAJarIsCopied() throws Exception {
    try (GenericContainer<?> it =
        idle()
            .withCopyFileToContainer(
                MountableFile.forClasspathResource("META-INF/LICENSE.md"), "/license")) {
      it.start();

      assertThat(run(it, "wc -c < /license").strip()).isNotEqualTo("0");
    }
  }

  @Test
  void modesAndTreesAreKept() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree/deep/er"));
    Path script = Files.writeString(tree.resolve("run.sh"), "#!/bin/sh\necho ran\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    try (GenericContainer<?> it = idle()) {
      it.start();
      it.copyFileToContainer(
          MountableFile.forHostPath(directory.resolve("tree")), "/some/new/place");

      assertThat(run(it, "/some/new/place/deep/er/run.sh")).isEqualTo("ran\n");
      assertThat(run(it, "stat -c %a /some/new/place/deep/er/run.sh")).isEqualTo("750\n");
    }
  }

  @Test
  void aSingleFileReplacesTheImagesOwn() throws Exception {
    try (GenericContainer<?> it =
        idle().withCopyToContainer(Transferable.of("mine\n"), "/etc/group")) {
      it.start();

      assertThat(run(it, "cat /etc/group")).isEqualTo("mine\n");
    }
  }

  @Test
  void bytesOfAnyKindAndSizeArrive() throws Exception {
    byte[] bytes = new byte[3_000_001];
    new java.util.Random(1).nextBytes(bytes);
    try (GenericContainer<?> it = idle().withCopyToContainer(Transferable.of(bytes), "/big")) {
      it.start();

      byte[] back = it.copyFileFromContainer("/big", in -> in.readAllBytes());

      assertThat(back).isEqualTo(bytes);
    }
  }

  @Test
  void filesArePutIntoAContainerBeforeItStarts() throws Exception {
    try (GenericContainer<?> it =
        shell("cat /conf/app.conf; trap exit TERM; sleep 1000 & wait")
            .withCopyToContainer(Transferable.of("set\n"), "/conf/app.conf")
            .waitingFor(Wait.forLogMessage("set\n", 1))) {
      it.start();

      assertThat(it.getLogs()).isEqualTo("set\n");
    }
  }

  @Test
  void directoriesAreReadAsTar() throws Exception {
    try (GenericContainer<?> it = idle()) {
      it.start();
      run(it, "mkdir -p /out/sub; echo one > /out/1; echo two > /out/sub/2");

      ByteArrayOutputStream names = new ByteArrayOutputStream();
      try (TarArchiveInputStream tar =
          new TarArchiveInputStream(
              it.getDockerClient()
                  .copyArchiveFromContainerCmd(it.getContainerId(), "/out")
                  .exec())) {
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
          names.write((entry.getName() + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }

      assertThat(names.toString(StandardCharsets.UTF_8).lines())
          .containsExactlyInAnyOrder("out/", "out/1", "out/sub/", "out/sub/2");
    }
  }

  @Test
  void aFileThatIsNotThereIsNotCopiedOut() {
    try (GenericContainer<?> it = idle()) {
      it.start();
      String to = directory.resolve("x").toString();

      assertThatThrownBy(() -> it.copyFileFromContainer("/none", to))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void filesOfAStoppedContainerAreRead() throws IOException {
    try (GenericContainer<?> it = shell("echo last > /word; sleep 0.5")) {
      it.start();
      Await.until(() -> !it.isRunning());

      String word =
          it.copyFileFromContainer(
              "/word", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));

      assertThat(word).isEqualTo("last\n");
    }
  }

  @Test
  void memoryIsMountedAsWanted() throws Exception {
    try (GenericContainer<?> it = idle().withTmpFs(Map.of("/fast", "rw,size=2m,mode=1700"))) {
      it.start();

      assertThat(run(it, "df -k /fast | tail -n 1")).contains("2048");
      assertThat(run(it, "stat -c %a /fast")).isEqualTo("1700\n");
    }
  }
}
