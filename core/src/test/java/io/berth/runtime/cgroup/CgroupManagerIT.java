package io.berth.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.berth.runtime.security.DeviceFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CgroupManagerIT {
  private final CgroupLayout layout = CgroupLayout.detect();
  private final String parent = "berth-test-" + ProcessHandle.current().pid();

  @Test
  void holdsKillsAndRemovesARealProcess() throws Exception {
    assumeThat(layout.v1().keySet())
        .as("needs root and the v1 controllers")
        .containsAll(Set.of("memory", "pids", "devices", "cpu", "cpuset"));
    assumeThat(Files.isWritable(layout.v1().get("pids").root())).as("needs root").isTrue();
    CgroupManager manager = Cgroups.manager(layout, parent);
    Limits limits = Limits.builder().memory(64 << 20).cpus(0.5).pids(20).cpusetCpus("0").build();
    ContainerCgroup cgroup = manager.create("c1", limits, DeviceFilter.dockerDefault());
    Process shell = null;
    try {
      StringBuilder script = new StringBuilder();
      cgroup.joinFiles().forEach(file -> script.append("echo 0 > ").append(file).append('\n'));
      cgroup
          .unified()
          .ifPresent(dir -> script.append("echo 0 > ").append(dir).append("/cgroup.procs\n"));
      script.append("mkdir ").append(cgroup.directories().get(0)).append("/nested\necho in\n");
      script.append("exec sleep 300\n");
      shell = new ProcessBuilder("sh", "-c", script.toString()).redirectErrorStream(true).start();

      assertThat(shell.inputReader().readLine()).isEqualTo("in");
      assertThat(cgroup.pids()).containsExactly(shell.pid());
      assertThat(value("memory", "memory.limit_in_bytes")).isEqualTo("67108864");
      assertThat(value("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
      assertThat(value("pids", "pids.max")).isEqualTo("20");
      assertThat(value("devices", "devices.list")).contains("c 1:3 rwm").doesNotContain("a *:*");
      assertThat(cgroup.oomKilled()).isFalse();
      assertThat(manager.find("c1")).isPresent();
      cgroup.freeze(true);
      cgroup.freeze(false);

      cgroup.kill();

      assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(cgroup.pids()).isEmpty();
      cgroup.remove();
      assertThat(manager.find("c1")).isEmpty();
    } finally {
      if (shell != null) {
        shell.destroyForcibly().waitFor();
      }
      cgroup.remove();
      removeParents();
    }
  }

  private String value(String controller, String file) throws IOException {
    Path directory = layout.v1().get(controller).root().resolve(parent).resolve("c1");
    return Files.readString(directory.resolve(file)).strip();
  }

  private void removeParents() throws IOException {
    for (CgroupLayout.Tree tree : layout.v1().values()) {
      Files.deleteIfExists(tree.root().resolve(parent));
    }
    if (layout.unified().isPresent()) {
      Files.deleteIfExists(layout.unified().get().root().resolve(parent));
    }
  }
}
