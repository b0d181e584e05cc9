package io.berth.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.berth.runtime.linux.BpfCalls;
import io.berth.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceFilterIT {
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/unified");

  @Test
  void keepsAProcessInTheCgroupFromOtherDevices(@TempDir Path directory) throws Exception {
    assumeThat(Files.isWritable(UNIFIED.resolve("cgroup.procs")))
        .as("needs root and the cgroup2 tree of hybrid mode")
        .isTrue();
    Path cgroup = UNIFIED.resolve("berth-device-test-" + ProcessHandle.current().pid());
    Files.createDirectory(cgroup);
    try {
      new BpfCalls()
          .attachDeviceProgram(
              cgroup, DeviceFilter.dockerDefault().with(DeviceRule.deny("c 1:5 w")).v2Program());

      String script =
          String.join(
              "\n",
              "echo $$ > " + cgroup + "/cgroup.procs",
              "mknod disk b 7 0 && echo made",
              "mknod zero c 1 5",
              "mknod kmsg c 1 11",
              "head -c1 disk; head -c1 kmsg",
              "head -c1 /dev/null && echo null",
              "head -c1 zero | wc -c",
              "echo x > zero");
      Process shell =
          new ProcessBuilder("sh", "-c", script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      shell.waitFor();

      assertThat(output)
          .contains("made", "null", "1\n")
          .containsPattern("'disk'.*Operation not permitted")
          .containsPattern("'kmsg'.*Operation not permitted")
          .containsPattern("zero: Operation not permitted");
    } finally {
      Await.pass(() -> assertThat(cgroup.resolve("cgroup.procs")).hasContent(""));
      Files.delete(cgroup);
    }
  }
}
