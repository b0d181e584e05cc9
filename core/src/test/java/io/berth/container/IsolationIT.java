package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.NetworkMode;
import io.berth.error.InvalidInputException;
import io.berth.testing.TestEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a container can see, do and use, through the public API. */
class IsolationIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  @Test
  void itHasItsOwnProcessesHostnameAndNetwork() {
    assertThat(FIXTURE.outputOf("ls -d /proc/[0-9]* | wc -l").strip()).isIn("2", "3");
    assertThat(FIXTURE.outputOf("echo $$").strip()).isEqualTo("1");
    assertThat(FIXTURE.outputOf("ls /sys/class/net")).isEqualTo("eth0\nlo\n");
    assertThat(FIXTURE.outputOf("ifconfig lo")).contains("127.0.0.1").contains("UP");
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .hostname("ship")
            .command("sh", "-c", "hostname; cat /etc/hostname; grep -c localhost /etc/hosts")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("ship\nship\n2\n");
    }
  }

  @Test
  void itCannotSeeTheFilesOfTheHost(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "host");

    String seen =
        FIXTURE.outputOf(
            "cat " + secret + " 2>&1; cat /proc/1/root" + secret + " 2>&1; cat /proc/mounts");

    assertThat(seen).doesNotContain("host\n").doesNotContain(FIXTURE.dataDirectory() + "/c");
  }

  @Test
  void rightsAreThoseOfDocker() {
    String status = FIXTURE.outputOf("cat /proc/self/status");

    assertThat(status)
        .contains("CapEff:\t00000000a80425fb")
        .contains("CapBnd:\t00000000a80425fb")
        .contains("CapInh:\t0000000000000000")
        .contains("Seccomp:\t2")
        .contains("NoNewPrivs:\t0");
  }

  @Test
  void rightsCanBeChanged() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .capDrop("ALL")
            .capAdd("NET_BIND_SERVICE")
            .noNewPrivileges(true)
            .seccomp(false)
            .command("cat", "/proc/self/status")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout())
          .contains("CapEff:\t0000000000000400")
          .contains("NoNewPrivs:\t1")
          .contains("Seccomp:\t0");
    }
  }

  @Test
  void dangerousPathsAreMaskedOrReadOnly() {
    assertThat(FIXTURE.outputOf("wc -c < /proc/keys; ls /sys/firmware | wc -l"))
        .isEqualTo("0\n0\n");
    assertThat(FIXTURE.outputOf("echo 1 > /proc/sys/kernel/panic || echo refused"))
        .contains("refused");
    assertThat(FIXTURE.outputOf("echo b > /proc/sysrq-trigger || echo refused"))
        .contains("refused");
    assertThat(FIXTURE.outputOf("mount -t tmpfs t /mnt 2>&1 || echo refused")).contains("refused");
  }

  @Test
  void devicesOfTheHostCannotBeOpened() {
    String disk = "mknod /disk b 254 0 && cat /disk > /tmp/x 2>&1 || echo refused";

    assertThat(FIXTURE.outputOf(disk)).contains("refused");
    assertThat(FIXTURE.outputOf("head -c 4 /dev/zero | wc -c; echo x > /dev/null; echo ok"))
        .isEqualTo("4\nok\n");
  }

  @Test
  void aReadOnlyRootRefusesWrites() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .readOnlyRoot(true)
            .command("sh", "-c", "touch /x || echo refused; touch /dev/shm/y && echo shm")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("refused\nshm\n");
    }
  }

  @Test
  void bindsAreSeenAndKeptReadOnly(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("in"), "from host");

    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .bind(directory, "/data", false)
            .bind(directory.resolve("in"), "/etc/in", true)
            .command("sh", "-c", "cat /data/in; echo back > /data/out; echo x > /etc/in || echo ro")
            .start()) {
      assertThat(c.waitForExit()).isZero();
      assertThat(c.logs().stdout()).isEqualTo("from hostro\n");
    }
    assertThat(directory.resolve("out")).hasContent("back");
  }

  @Test
  void limitsReachTheCgroup() {
    FIXTURE.assumeLimits();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .memory("64m")
            .pidsLimit(20)
            .cpus(0.5)
            .command(
                "sh",
                "-c",
                "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory.max"
                    + " pids/pids.max pids.max cpu/cpu.cfs_quota_us cpu.max 2>/dev/null; true")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).contains("67108864\n").contains("20\n").contains("50000");
    }
  }

  @Test
  void tooManyProcessesAreRefused() {
    FIXTURE.assumeLimits();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .pidsLimit(5)
            .command("sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; echo started")
            .start()) {
      c.waitForExit(LONG);

      assertThat(c.logs().stderr()).contains("fork");
    }
  }

  @Test
  void theKernelsKillForMemoryIsReported() {
    FIXTURE.assumeLimits();
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .memory("8m")
            .command("sh", "-c", "x=0123456789; while true; do x=$x$x; done")
            .start()) {
      assertThat(c.waitForExit()).isEqualTo(137);
      assertThat(c.state().oomKilled()).isTrue();
    }
  }

  @Test
  void aLimitThatMayNotBeRaisedIsAWarning() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .ulimit("nofile", 512, 512)
            .ulimit("core", 0, 0)
            .command("sh", "-c", "ulimit -n; ulimit -c")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("512\n0\n");
      assertThat(c.warnings()).isEmpty();
    }
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .ulimit("nofile", 1 << 20, 1 << 20)
            .command("sh", "-c", "ulimit -n")
            .start()) {
      assertThat(c.waitForExit()).isZero();
      // Where raising is permitted, it is done; here is no CAP_SYS_RESOURCE.
      if (!c.logs().stdout().strip().equals("1048576")) {
        assertThat(c.warnings()).singleElement().asString().contains("nofile").contains("refused");
      }
    }
  }

  @Test
  void sysctlsOfItsNamespacesCanBeSet() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .sysctl("net.ipv4.ip_unprivileged_port_start", "80")
            .command("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("80\n");
    }
    assertThatThrownBy(
            () -> berth.containers().create(TestEngine.IMAGE).sysctl("kernel.panic", "1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("kernel.panic");
  }

  @Test
  void theHostsNetworkCanBeUsed() throws Exception {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.HOST)
            .command("readlink", "/proc/self/ns/net")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout().strip())
          .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    }
  }
}
