package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.error.ConflictException;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** Bundles are run by the runtimes themselves, with no engine in between. */
class BundleIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  // crun 1.8 refuses to run where v1 and v2 trees are mixed, so it sees the v2 one alone.
  private static final String ONE_TREE =
      "test -e /sys/fs/cgroup/cgroup.controllers || mount -t cgroup2 none /sys/fs/cgroup; ";

  @TempDir Path host;

  private CreateRequest request() throws IOException {
    Files.writeString(host.resolve("f"), "bound\n");
    return FIXTURE
        .engine()
        .containers()
        .create(TestEngine.IMAGE)
        .command("sh", "-c", LauncherContract.FINGERPRINT + "; exit 3")
        .user("daemon:users")
        .workdir("/var/log")
        .hostname("h")
        .env("A", "b c")
        .capDrop("MKNOD")
        .noNewPrivileges(true)
        .ulimit("nofile", 512, 512)
        .sysctl("kernel.msgmax", "4096")
        .oomScoreAdjust(100)
        .bind(host, "/data", false)
        .bind(host, "/frozen", true)
        .tmpfs("/mem", "size=1m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "crun"})
  void aBundleRunsWithTheSameResult(String runtime) throws Exception {
    TestAccess.assumeIds();
    Path bundle = host.resolve("bundle");
    String expected;
    try (Container container = request().start()) {
      assertThat(container.waitForExit()).isEqualTo(3);
      expected = container.logs().stdout() + container.logs().stderr();
      container.writeBundle(bundle);
    }

    String script =
        (runtime.equals("crun") ? ONE_TREE + "exec crun --cgroup-manager=disabled" : "exec runc")
            + " --root "
            + host.resolve("state")
            + " run --bundle "
            + bundle
            + " berth-bundle-"
            + ProcessHandle.current().pid();
    Process process = start(runtime, command(runtime, script));
    String output = new String(process.getInputStream().readAllBytes());
    String errors = new String(process.getErrorStream().readAllBytes());

    // runc gives an ordinary user no supplementary groups, which natively the first one is too.
    assertThat(output + errors)
        .isEqualTo(FIXTURE.isRootless() ? expected.replace(" groups=100(users)", "") : expected);
    assertThat(process.waitFor()).isEqualTo(3);
  }

  private static List<String> command(String runtime, String script) {
    if (!FIXTURE.isRootless()) {
      return List.of("unshare", "-m", "sh", "-c", script);
    }
    boolean mixed = Files.exists(Path.of("/sys/fs/cgroup/unified/cgroup.controllers"));
    if (runtime.equals("crun") && mixed) {
      throw new TestAbortedException("crun refuses mixed cgroup trees, and only root can hide one");
    }
    return List.of("sh", "-c", script.replace(ONE_TREE, ""));
  }

  private Process start(String runtime, List<String> command) throws IOException {
    if (!Files.isExecutable(Path.of("/usr/sbin", runtime))
        && !Files.isExecutable(Path.of("/usr/bin", runtime))) {
      throw new TestAbortedException("needs the Debian package " + runtime);
    }
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  @Test
  void aBundleHoldsTheFilesAndTheSpec() throws IOException {
    TestAccess.assumeIds();
    Path bundle = host.resolve("bundle");
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .command("sh", "-c", "echo -n 1 >/made; ln /made /linked; chown 5:6 /made")
            .memory("32m")
            .start()) {
      container.waitForExit();
      container.writeBundle(bundle);
      assertThatThrownBy(() -> container.writeBundle(bundle)).isInstanceOf(ConflictException.class);
    }

    assertThat(bundle.resolve("rootfs/made")).hasContent("1");
    assertThat(Files.getAttribute(bundle.resolve("rootfs/linked"), "unix:nlink")).isEqualTo(2);
    int owner = (int) Files.getAttribute(bundle.resolve("rootfs/made"), "unix:uid");
    assertThat(owner).isEqualTo(FIXTURE.isRootless() ? 2_000_004 : 5);
    assertThat(Files.readString(bundle.resolve("config.json")))
        .contains("\"ociVersion\":\"1.0.2\"", "\"source\":\"hosts\"")
        .contains(FIXTURE.isRootless() ? "\"uidMappings\":[" : "\"limit\":33554432")
        .contains("\"defaultAction\":\"SCMP_ACT_ERRNO\"", "\"path\":\"rootfs\"");
  }
}
