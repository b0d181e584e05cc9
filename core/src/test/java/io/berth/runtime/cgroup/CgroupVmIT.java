package io.berth.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers on machines that have cgroup v2 alone, or v1 alone: tests of limits, statistics and
 * lives are run in a virtual machine, which script/vm prepares.
 */
class CgroupVmIT {
  private static final List<String> TESTS =
      List.of(
          "io.berth.container.LimitsIT",
          "io.berth.container.StatsIT",
          "io.berth.container.LifeIT",
          "io.berth.container.ContainerIT",
          "io.berth.container.IsolationIT");

  @TempDir Path work;

  /** Everything that is there is copied into a file system that can be pivoted from. */
  private static final String INIT =
      """
      #!/usr/bin/busybox sh
      B=/usr/bin/busybox
      if [ "$1" != second ]; then
        $B mkdir -p /new /proc
        $B mount -t tmpfs -o size=80% tmpfs /new
        for d in usr etc app java lib lib64 modules init; do $B cp -a /$d /new/; done
        exec $B switch_root /new /init second
      fi
      $B mkdir -p /proc /sys /dev /tmp /root /bin /var/tmp
      $B mount -t proc proc /proc
      $B mount -t sysfs sysfs /sys
      $B mount -t devtmpfs dev /dev
      $B mkdir -p /dev/pts /dev/shm
      $B mount -t devpts devpts /dev/pts
      $B mount -t tmpfs shm /dev/shm
      @CGROUPS@
      # Each may need others, which are loaded in an earlier round.
      for round in 1 2 3 4 5; do
        for m in /modules/*.ko; do $B insmod $m 2>/dev/null; done
      done
      $B hostname vm
      $B ip link set lo up
      $B --install -s /bin
      export PATH=/bin:/usr/bin
      # Where jqwik, which has nothing to run, keeps its runs.
      $B mkdir -p target
      /java/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx600m -Xshare:auto \\
        -cp @CLASSPATH@ io.berth.testing.VmTests @TESTS@ 2>&1
      $B reboot -f
      """;

  private static final String V2 = "$B mount -t cgroup2 cgroup /sys/fs/cgroup";
  private static final String V1 =
      "$B mount -t tmpfs cgroup /sys/fs/cgroup;"
          + " for c in memory cpu,cpuacct pids devices blkio cpuset freezer; do"
          + " $B mkdir /sys/fs/cgroup/$c; $B mount -t cgroup -o $c cgroup /sys/fs/cgroup/$c; done";

  @Test
  void containersWorkWithCgroupV2Alone() throws Exception {
    passes(V2);
  }

  @Test
  void containersWorkWithCgroupV1Alone() throws Exception {
    passes(V1);
  }

  private void passes(String cgroups) throws Exception {
    String prepared = System.getProperty("berth.vm", "");
    assumeTrue(
        !prepared.isEmpty(), "needs a kernel for a virtual machine: run script/vm, which gets one");
    Path kernel = Path.of(prepared);
    assumeTrue(
        Files.exists(Path.of("/usr/bin/qemu-system-x86_64")),
        "needs qemu-system-x86 to be installed");

    List<String> output =
        boot(kernel.resolve("vmlinuz"), initramfs(kernel.resolve("modules"), cgroups));

    assertThat(output)
        .as("what the machine said")
        .anyMatch(line -> line.matches("vm: [4-9]\\d passed, 0 failed, \\d skipped"));
  }

  private Path initramfs(Path modules, String cgroups) throws Exception {
    Path root = Files.createDirectory(work.resolve("root"));
    for (String directory : List.of("usr/bin", "etc", "app", "lib64", "lib")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.copy(Path.of("/usr/bin/busybox"), root.resolve("usr/bin/busybox"));
    run("cp", "-r", modules.toString(), root.resolve("modules").toString());
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    run(
        Path.of(System.getProperty("java.home"), "bin/jlink").toString(),
        "--add-modules",
        "java.base,java.logging,java.xml,java.management,java.naming,java.compiler,jdk.unsupported",
        "--no-header-files",
        "--no-man-pages",
        "--output",
        root.resolve("java").toString());
    copyLibraries(root);
    List<String> classPath = new ArrayList<>();
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
    for (int i = 0; i < entries.length; i++) {
      Path target = root.resolve("app/" + i + (entries[i].endsWith(".jar") ? ".jar" : ""));
      if (Files.exists(Path.of(entries[i]))) {
        run("cp", "-rL", entries[i], target.toString());
        classPath.add("/" + root.relativize(target));
      }
    }
    Path init = root.resolve("init");
    Files.writeString(
        init,
        INIT.replace("@CLASSPATH@", String.join(":", classPath))
            .replace("@CGROUPS@", cgroups)
            .replace("@TESTS@", String.join(" ", TESTS)));
    run("chmod", "-R", "a+rx", root.toString());
    Path archive = work.resolve("initramfs");
    run("sh", "-c", "cd " + root + " && find . | busybox cpio -o -H newc > " + archive);
    return archive;
  }

  /** The C library and what else the JVM's own libraries name. */
  private static void copyLibraries(Path root) throws Exception {
    String script =
        "ldd java/bin/java java/lib/*.so java/lib/server/*.so 2>/dev/null"
            + " | grep -o '/lib[^ ]*' | sort -u"
            + " | while read f; do mkdir -p .$(dirname $f); cp -L $f .$f; done";
    run("sh", "-c", "cd " + root + " && " + script);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + output).isZero();
  }

  private static List<String> boot(Path kernel, Path initramfs) throws Exception {
    Process vm =
        new ProcessBuilder(
                "qemu-system-x86_64",
                "-accel",
                "tcg",
                "-cpu",
                "max",
                "-smp",
                "2",
                "-m",
                "2048",
                "-nographic",
                "-no-reboot",
                "-net",
                "none",
                "-kernel",
                kernel.toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                "console=ttyS0 quiet panic=-1 rdinit=/init")
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (BufferedReader reader =
            new BufferedReader(new InputStreamReader(vm.getInputStream(), StandardCharsets.UTF_8));
        Stream<String> lines = reader.lines()) {
      List<String> all = new ArrayList<>();
      lines.forEach(line -> all.add(line.strip()));
      vm.waitFor(1, TimeUnit.MINUTES);
      return all;
    } finally {
      vm.destroyForcibly();
    }
  }
}
