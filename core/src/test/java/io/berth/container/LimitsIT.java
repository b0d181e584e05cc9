package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.NamespaceMode;
import io.berth.api.Resources;
import io.berth.api.Resources.ThrottleKind;
import io.berth.api.RestartPolicy;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.Cgroups;
import io.berth.runtime.cgroup.CounterFiles;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits, as the kernel has them. */
class LimitsIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();
  private static final CgroupLayout LAYOUT = CgroupLayout.detect();

  private final Engine berth = FIXTURE.engine();
  private final boolean unified = LAYOUT.mode() == CgroupLayout.Mode.V2;

  private CreateRequest sleeper() {
    return berth.containers().create(TestEngine.IMAGE).command("sleep", "1000");
  }

  /** What is in a file of a container's cgroups: the one of v1 or that of v2. */
  private String file(Container c, String v1, String v2) {
    CounterFiles files =
        new CounterFiles(Cgroups.manager(LAYOUT).find(c.id()).orElseThrow().directories());
    String name = unified ? v2 : v1;
    assumeTrue(files.has(name), "this kernel has no " + name);
    return files.text(name);
  }

  @Test
  void realTimeLimitsReachTheKernelOrSayWhyTheyCannot() {
    Resources asked =
        Resources.builder().cpuRealtimePeriod(1_000_000).cpuRealtimeRuntime(20_000).build();
    boolean known =
        !unified && Files.exists(LAYOUT.v1().get("cpu").root().resolve("berth/cpu.rt_runtime_us"));
    if (!known) {
      assertThatThrownBy(() -> sleeper().resources(asked).start())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("eal-time");
      return;
    }

    try (Container c = sleeper().resources(asked).start()) {
      assertThat(file(c, "cpu.rt_period_us", "")).isEqualTo("1000000");
      assertThat(file(c, "cpu.rt_runtime_us", "")).isEqualTo("20000");
    }

    assertThatThrownBy(
            () ->
                sleeper()
                    .resources(
                        Resources.builder()
                            .cpuRealtimePeriod(100_000)
                            .cpuRealtimeRuntime(200_000)
                            .build()))
        .hasMessageContaining("real-time runtime");
  }

  @Test
  void cgroupsAreBelowTheParentThatIsAskedFor() throws IOException {
    String parent = "/berth-test-" + ProcessHandle.current().pid() + "/low";
    try (Container c = sleeper().cgroupParent(parent).memory("64m").start()) {
      String own = Files.readString(Path.of("/proc/" + c.pid().orElseThrow() + "/cgroup"));

      assertThat(own).contains(parent + "/" + c.id()).doesNotContain("/berth/");
      assertThat(c.stats().memory().limit()).isEqualTo(64L << 20);
      assertThat(c.top().rows()).hasSize(1);
      c.pause();
      c.unpause();
      assertThat(c.exec("cat", "/proc/self/cgroup").execute().exitCode()).isZero();
    }
    for (Path tree : trees()) {
      Path left = tree.resolve(parent.substring(1));
      if (Files.exists(left)) {
        Files.delete(left); // which fails when a container's is left in it
        Files.delete(left.getParent());
      }
    }
    assertThatThrownBy(() -> sleeper().cgroupParent("/../up"))
        .hasMessageContaining("cgroup parent");
    assertThatThrownBy(() -> sleeper().cgroupParent("/")).hasMessageContaining("cgroup parent");
  }

  private static Set<Path> trees() {
    return Stream.concat(LAYOUT.v1().values().stream(), LAYOUT.unified().stream())
        .map(CgroupLayout.Tree::root)
        .collect(Collectors.toSet());
  }

  @Test
  void theCgroupNamespaceMayBeTheHosts() throws IOException {
    try (Container own = sleeper().start();
        Container hosts = sleeper().cgroup(NamespaceMode.HOST).start()) {
      Path here = Files.readSymbolicLink(Path.of("/proc/self/ns/cgroup"));

      assertThat(namespace(own)).isNotEqualTo(here);
      assertThat(namespace(hosts)).isEqualTo(here);
      assertThat(hosts.exec("cat", "/proc/1/cgroup").execute().stdout()).contains(hosts.id());
      if (!unified) {
        assertThat(hosts.exec("cat", "/sys/fs/cgroup/pids/cgroup.procs").execute().stdout())
            .matches("1\\n\\d+\\n");
        assertThat(hosts.exec("mkdir", "/sys/fs/cgroup/pids/new").execute().exitCode())
            .isEqualTo(1);
      }
    }
  }

  private static Path namespace(Container c) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/" + c.pid().orElseThrow() + "/ns/cgroup"));
  }

  @Test
  void eachOfThemReachesTheKernel() {
    Resources all =
        Resources.builder()
            .memory(64L << 20)
            .memorySwap(96L << 20)
            .memoryReservation(32L << 20)
            .cpus(0.5)
            .cpuShares(512)
            .cpusetCpus("0")
            .cpusetMems("0")
            .pids(20)
            .build();
    try (Container c = sleeper().resources(all).start()) {
      assertThat(file(c, "memory.limit_in_bytes", "memory.max")).isEqualTo("67108864");
      assertThat(file(c, "memory.memsw.limit_in_bytes", "memory.swap.max"))
          .isEqualTo(unified ? "33554432" : "100663296");
      assertThat(file(c, "memory.soft_limit_in_bytes", "memory.low")).isEqualTo("33554432");
      assertThat(file(c, "cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
      assertThat(file(c, "cpu.shares", "cpu.weight")).isEqualTo(unified ? "59" : "512");
      assertThat(file(c, "cpuset.cpus", "cpuset.cpus")).isEqualTo("0");
      assertThat(file(c, "cpuset.mems", "cpuset.mems")).isEqualTo("0");
      assertThat(file(c, "pids.max", "pids.max")).isEqualTo("20");
      assertThat(c.exec("nproc").execute().stdout()).isEqualTo("1\n");
      assertThat(c.warnings()).isEmpty();
    }
  }

  @Test
  void memoryAloneAllowsAsMuchSwapAgain() {
    try (Container c = sleeper().memory("64m").start()) {
      assertThat(file(c, "memory.memsw.limit_in_bytes", "memory.swap.max"))
          .isEqualTo(unified ? "67108864" : "134217728");
    }
  }

  @Test
  void swappinessAndWaitingForMemoryAreOfV1() {
    Resources wanted =
        Resources.builder().memory(64L << 20).memorySwappiness(7).oomKillDisable(true).build();
    try (Container c = sleeper().resources(wanted).start()) {
      if (unified) {
        assertThat(c.warnings()).hasSize(2);
      } else {
        assertThat(file(c, "memory.swappiness", "")).isEqualTo("7");
        assertThat(file(c, "memory.oom_control", "")).contains("oom_kill_disable 1");
      }
    }
  }

  private static Optional<Path> disk() {
    try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
      return all.filter(p -> p.getFileName().toString().matches("(sd|vd|nvme|xvd).*"))
          .map(p -> Path.of("/dev", p.getFileName().toString()))
          .filter(Files::exists)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Test
  void blockDevicesAreThrottled() throws Exception {
    assumeTrue(disk().isPresent(), "this host has no disk");
    String device = disk().get().toString();
    Resources slow =
        Resources.builder()
            .blkioWeight(300)
            .throttle(ThrottleKind.WRITE_BPS, device, 1 << 20)
            .throttle(ThrottleKind.READ_IOPS, device, 100)
            .build();
    try (Container c = sleeper().resources(slow).start()) {
      assertThat(file(c, "blkio.throttle.write_bps_device", "io.max")).contains("1048576");
      assertThat(file(c, "blkio.throttle.read_iops_device", "io.max")).contains("100");
      assertThat(c.spec().sandbox().resources().blkioWeight()).contains(300L);
    }
    assertThatThrownBy(
            () ->
                sleeper()
                    .resources(
                        Resources.builder()
                            .throttle(ThrottleKind.READ_BPS, "/dev/none", 1)
                            .build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("/dev/none");
  }

  @Test
  void theyCanBeChangedWhileItRuns() {
    try (Container c = sleeper().memory("64m").start()) {
      c.update()
          .resources(
              Resources.builder().memory(256L << 20).pids(30).cpus(0.25).cpusetCpus("0").build())
          .execute();

      assertThat(file(c, "memory.limit_in_bytes", "memory.max")).isEqualTo("268435456");
      assertThat(file(c, "pids.max", "pids.max")).isEqualTo("30");
      assertThat(file(c, "cpu.cfs_quota_us", "cpu.max")).startsWith("25000");
      assertThat(c.exec("nproc").execute().stdout()).isEqualTo("1\n");

      c.update().resources(Resources.builder().memory(32L << 20).build()).execute();

      assertThat(file(c, "memory.limit_in_bytes", "memory.max")).isEqualTo("33554432");
      assertThat(file(c, "pids.max", "pids.max")).isEqualTo("30");
    }
  }

  @Test
  void aChangeThatIsRefusedChangesNothing() {
    try (Container c = sleeper().memory("64m").pidsLimit(50).start()) {
      assertThatThrownBy(
              () ->
                  c.update()
                      .resources(Resources.builder().memory(32L << 20).cpusetCpus("4000").build())
                      .execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("cpuset.cpus");

      assertThat(file(c, "memory.limit_in_bytes", "memory.max")).isEqualTo("67108864");
      assertThat(c.spec().sandbox().resources().memory()).contains(64L << 20);
      assertThat(c.exec("true").execute().exitCode()).isZero();
    }
  }

  @Test
  void aControllerGivenLateIsKeptOverARestartAndLeavesNothing() {
    Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sh", "-c", "nproc; test -e /second && exit 0; touch /second; sleep 1000")
            .init(true)
            .restart(RestartPolicy.onFailure(3))
            .start();
    c.update().resources(Resources.builder().cpusetCpus("0").build()).execute();
    // By a signal that is not the end of it all: its policy starts it again.
    c.kill("USR1");

    assertThat(c.waitForExit()).isZero();
    assertThat(c.logs().stdout()).endsWith("1\n");
    c.remove(false);
    assertThat(Cgroups.manager(LAYOUT).find(c.id())).isEmpty();
  }

  @Test
  void ulimitsShmTmpfsSysctlsAndNamesAreAsAsked() {
    try (Container c =
        sleeper()
            .ulimit("nofile", 100, 200)
            .ulimit("core", 0, 0)
            .shmSize("1m")
            .tmpfs("/data", "size=1m")
            .sysctl("net.ipv4.ip_unprivileged_port_start", "80")
            .sysctl("kernel.shmmax", "1000000")
            .hostname("here")
            .domainname("example.org")
            .extraHost("other", "10.1.2.3")
            .dns("10.9.8.7")
            .dnsSearch("example.org")
            .oomScoreAdjust(500)
            .user("1000:1001")
            .group("1002")
            .env(Map.of("A", "1"))
            .label("k", "v")
            .start()) {
      String script =
          "ulimit -n; ulimit -Hn; cat /proc/sys/net/ipv4/ip_unprivileged_port_start"
              + " /proc/sys/kernel/shmmax /proc/sys/kernel/domainname; hostname; id -u; id -G;"
              + " grep other /etc/hosts; cat /etc/resolv.conf; cat /proc/1/oom_score_adj; echo $A";

      assertThat(c.exec("sh", "-c", script).execute().stdout())
          .isEqualTo(
              "100\n200\n80\n1000000\nexample.org\nhere\n1000\n1001 1002\n10.1.2.3\tother\n"
                  + "nameserver 10.9.8.7\nsearch example.org\n500\n1\n");
      assertThat(c.labels()).containsEntry("k", "v");
    }
  }
}
