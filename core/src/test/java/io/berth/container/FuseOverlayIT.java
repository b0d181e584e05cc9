package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.layers.FuseOverlay;
import io.berth.linux.Programs;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers and builds on root file systems that the program fuse-overlayfs serves. */
class FuseOverlayIT {
  @RegisterExtension
  static final TestEngine FIXTURE =
      TestEngine.with(
          builder -> {
            assumeTrue(
                Programs.find(FuseOverlay.PROGRAM).isPresent(), "needs the package fuse-overlayfs");
            assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "needs /dev/fuse");
            return builder.snapshotter(FuseOverlay.PROGRAM);
          });

  private final Engine berth = FIXTURE.engine();

  @Test
  void whatAContainerWritesStaysAndItsChangesAreTold() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .command(
                "sh", "-c", "echo x >> /kept; wc -l < /kept; rm -rf /home; grep ' / ' /proc/mounts")
            .start()) {
      c.waitForExit();
      c.start();
      c.waitForExit();

      assertThat(c.logs().stdout()).contains("1\n").contains("2\n").contains("fuse.fuse-overlayfs");
      assertThat(c.files().changes().toString()).contains("A /kept").contains("D /home");
    }
  }

  @Test
  void stepsOfABuildBecomeLayersAndSeeOneAnothersFiles() {
    String dockerfile =
        """
        FROM busybox:test AS tool
        RUN mkdir /t && echo tool > /t/x
        FROM busybox:test
        RUN --mount=from=tool,source=/t,target=/t cp /t/x /x && rm -r /home && mkdir /home
        RUN rm /etc/group && cat /x
        """;

    Image image =
        berth
            .images()
            .build(
                ContextSource.files(
                    Map.of("Dockerfile", dockerfile.getBytes(StandardCharsets.UTF_8))))
            .execute();

    try (Container c =
        berth
            .containers()
            .create(image)
            .network(NetworkMode.NONE)
            .command("sh", "-c", "cat /x; ls /home /etc")
            .start()) {
      c.waitForExit();
      assertThat(c.logs().stdout()).startsWith("tool\n").contains("passwd").doesNotContain("group");
    }
  }

  @Test
  void theProgramEndsWithItsContainer() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .command("sleep", "1000")
            .start()) {
      assertThat(servers(c.id())).isEqualTo(1);
      c.kill("KILL");
      c.waitForExit();

      Await.until(() -> servers(c.id()) == 0);
    }
  }

  private static long servers(String id) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().map(line -> isServer(line, id)).orElse(false))
        .count();
  }

  private static boolean isServer(String line, String id) {
    return line.contains(FuseOverlay.PROGRAM) && line.contains(id);
  }
}
