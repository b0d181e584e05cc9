package io.berth.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.runtime.cgroup.CgroupLayout.Tree;
import io.berth.runtime.cgroup.Limits.DeviceLimit;
import io.berth.runtime.cgroup.Limits.DeviceLimitKind;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.DeviceRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupTreesTest {
  private static final Limits LIMITS =
      Limits.builder().memory(1000).memorySwap(1500).cpus(1.5).cpuShares(1024).pids(9).build();
  private static final DeviceFilter DEVICES = DeviceFilter.dockerDefault();

  @TempDir Path root;
  private String extra = "";

  @Test
  void writesInV2WhatIsAskedAndNoMore() throws IOException {
    fill(root, "cgroup.procs", "cgroup.subtree_control");
    Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu memory pids\n");
    List<Path> attached = new ArrayList<>();

    ContainerCgroup cgroup = v2(attached).create("c1", LIMITS, DEVICES);

    Path directory = root.resolve("berth/c1");
    assertThat(cgroup.unified()).contains(directory);
    assertThat(cgroup.joinFiles()).isEmpty();
    assertThat(attached).containsExactly(directory);
    assertThat(root.resolve("cgroup.subtree_control")).hasContent("+memory +cpu +pids");
    assertThat(root.resolve("berth/cgroup.subtree_control")).hasContent("+memory +cpu +pids +io");
    assertThat(written(directory))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "memory.max", "1000",
                "memory.swap.max", "500",
                "cpu.weight", "100",
                "cpu.max", "150000 100000",
                "pids.max", "9"));
  }

  @Test
  void namesTheControllerThatV2Lacks() throws IOException {
    fill(root, "cgroup.procs", "cgroup.subtree_control");
    Files.writeString(root.resolve("cgroup.controllers"), "memory pids\n");
    CgroupManager manager = v2(new ArrayList<>());

    assertThatThrownBy(() -> manager.create("c1", LIMITS, DEVICES))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("controller cpu ");
    assertThat(root.resolve("berth/c1")).doesNotExist();
    assertThat(manager.create("c1", Limits.none(), DEVICES).directories()).hasSize(1);
    assertThatThrownBy(() -> manager.create("c1", Limits.none(), DEVICES))
        .isInstanceOf(ConflictException.class);
  }

  @Test
  void writesInV1OnlyWhereNeeded() throws IOException {
    CgroupManager manager = v1("memory", "cpu,cpuacct", "pids", "devices", "cpuset", "blkio");
    Files.writeString(root.resolve("cpuset/cpuset.cpus"), "0-3\n");
    Files.writeString(root.resolve("cpuset/cpuset.mems"), "0\n");
    Limits limits = Limits.builder().memory(1000).cpusetCpus("1").cpus(0.5).build();
    DeviceFilter devices = new DeviceFilter(List.of(DeviceRule.allow("c 1:3 rwm")));

    ContainerCgroup cgroup = manager.create("c1", limits, devices);

    assertThat(cgroup.joinFiles())
        .containsExactlyInAnyOrder(
            root.resolve("memory/berth/c1/tasks"),
            root.resolve("cpu,cpuacct/berth/c1/tasks"),
            root.resolve("pids/berth/c1/tasks"),
            root.resolve("devices/berth/c1/tasks"),
            root.resolve("blkio/berth/c1/tasks"),
            root.resolve("cpuset/berth/c1/tasks"));
    assertThat(written(root.resolve("memory/berth/c1")))
        .isEqualTo(Map.of("memory.limit_in_bytes", "1000"));
    assertThat(written(root.resolve("cpu,cpuacct/berth/c1")))
        .isEqualTo(Map.of("cpu.cfs_period_us", "100000", "cpu.cfs_quota_us", "50000"));
    assertThat(written(root.resolve("cpuset/berth")))
        .isEqualTo(Map.of("cpuset.cpus", "0-3", "cpuset.mems", "0"));
    assertThat(written(root.resolve("cpuset/berth/c1")))
        .isEqualTo(Map.of("cpuset.cpus", "1", "cpuset.mems", "0"));
    assertThat(written(root.resolve("devices/berth/c1")))
        .isEqualTo(Map.of("devices.deny", "a\n", "devices.allow", "c 1:3 rwm\n"));
    assertThat(written(root.resolve("pids/berth/c1"))).isEmpty();
  }

  private static final Limits BLOCK_IO =
      Limits.builder()
          .blkioWeight(500)
          .device(new DeviceLimit(DeviceLimitKind.WEIGHT, 8, 0, 10))
          .device(new DeviceLimit(DeviceLimitKind.READ_BPS, 8, 0, 1000))
          .device(new DeviceLimit(DeviceLimitKind.WRITE_IOPS, 8, 16, 20))
          .build();

  @Test
  void writesBlockIoInV1WithWhateverSchedulerThereIs() throws IOException {
    extra = "blkio.bfq.weight blkio.throttle.read_bps_device blkio.throttle.write_iops_device";
    ContainerCgroup cgroup = v1("blkio").create("c1", BLOCK_IO, DeviceFilter.allowAll());

    assertThat(written(root.resolve("blkio/berth/c1")))
        .isEqualTo(
            Map.of(
                "blkio.bfq.weight", "500",
                "blkio.throttle.read_bps_device", "8:0 1000",
                "blkio.throttle.write_iops_device", "8:16 20"));
    assertThat(cgroup.warnings()).singleElement().asString().contains("blkio.weight_device");
  }

  @Test
  void writesBlockIoInV2() throws IOException {
    fill(root, "cgroup.procs", "cgroup.subtree_control");
    Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu memory pids io\n");
    extra = "io.weight io.max";
    Limits limits =
        Limits.builder()
            .blkioWeight(500)
            .device(new DeviceLimit(DeviceLimitKind.READ_BPS, 8, 0, 1000))
            .memorySwappiness(10)
            .oomKillDisable(true)
            .build();

    ContainerCgroup cgroup = v2(new ArrayList<>()).create("c1", limits, DeviceFilter.allowAll());

    assertThat(written(root.resolve("berth/c1")))
        .isEqualTo(Map.of("io.weight", "4950", "io.max", "8:0 rbps=1000"));
    assertThat(cgroup.warnings()).hasSize(2);
  }

  @Test
  void givesAControllerLaterInV2() throws IOException {
    fill(root, "cgroup.procs", "cgroup.subtree_control");
    Files.writeString(root.resolve("cgroup.controllers"), "cpuset cpu memory pids\n");
    ContainerCgroup cgroup =
        v2(new ArrayList<>()).create("c1", Limits.none(), DeviceFilter.allowAll());
    Files.delete(root.resolve("berth/c1/cpu.max"));

    assertThatThrownBy(() -> cgroup.update(Limits.builder().cpus(1).build()))
        .hasMessageContaining("cpu.max");

    // A real kernel makes the files of a controller as it is enabled.
    assertThat(Files.readString(root.resolve("berth/cgroup.subtree_control"))).contains("+cpu");
  }

  @Test
  void namesTheControllerThatV1Lacks() throws IOException {
    CgroupManager manager = v1("devices", "pids");

    assertThatThrownBy(() -> manager.create("c1", LIMITS, DEVICES))
        .hasMessageContaining("controller memory ");
    assertThatThrownBy(() -> manager.create("../c1", LIMITS, DEVICES))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void readsMountsOfEveryKind() {
    CgroupLayout hybrid =
        CgroupLayout.parse(
            "33 32 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                + "34 32 0:29 /docker/x /mnt/a\\040b rw shared:1 - cgroup cgroup rw,memory\n"
                + "35 32 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
                + "36 32 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            "4:cpu,cpuacct:/own\n3:memory:/docker/x/in\n1:name=systemd:/\n0::/u\n");
    CgroupLayout v2 =
        CgroupLayout.parse("30 2 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/../..\n");

    Path fs = Path.of("/sys/fs/cgroup");
    assertThat(hybrid.mode()).isEqualTo(CgroupLayout.Mode.HYBRID);
    assertThat(hybrid.v1().get("cpu")).isEqualTo(hybrid.v1().get("cpuacct"));
    assertThat(hybrid.v1().get("memory"))
        .isEqualTo(new Tree(Path.of("/mnt/a b"), Path.of("/mnt/a b/in")));
    assertThat(hybrid.v1()).containsOnlyKeys("cpu", "cpuacct", "memory");
    assertThat(hybrid.unified()).contains(new Tree(fs.resolve("unified"), fs.resolve("unified/u")));
    assertThat(v2.mode()).isEqualTo(CgroupLayout.Mode.V2);
    assertThat(v2.unified()).contains(new Tree(fs, fs));
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "1024, 100", "262144, 10000", "512, 59", "2048, 174"})
  void convertsSharesAsRunc(long shares, long weight) {
    assertThat(LimitWrites.weight(shares)).isEqualTo(weight);
  }

  private CgroupManager v2(List<Path> attached) {
    return new V2CgroupManager(
        new CgroupLayout(Map.of(), Optional.of(new Tree(root, root))),
        "berth",
        filler(),
        (directory, program) -> attached.add(directory));
  }

  private CgroupManager v1(String... mounts) throws IOException {
    Map<String, Tree> trees = new HashMap<>();
    for (String mount : mounts) {
      Path directory = Files.createDirectory(root.resolve(mount));
      fill(directory, "cgroup.procs");
      for (String controller : mount.split(",")) {
        trees.put(controller, new Tree(directory, directory));
      }
    }
    return new V1CgroupManager(new CgroupLayout(trees, Optional.empty()), "berth", filler());
  }

  /** Makes the files that the kernel would make in a new group. */
  private Consumer<Path> filler() {
    return directory -> {
      try {
        fill(
            directory,
            "cgroup.procs cgroup.subtree_control memory.max memory.swap.max cpu.weight cpu.max"
                .split(" "));
        for (String name : extra.isEmpty() ? new String[0] : extra.split(" ")) {
          fill(directory, name);
        }
        fill(
            directory,
            ("pids.max memory.limit_in_bytes cpu.cfs_period_us cpu.cfs_quota_us cpuset.cpus"
                    + " cpuset.mems devices.allow devices.deny")
                .split(" "));
        Files.writeString(directory.resolve("cgroup.controllers"), "cpuset cpu memory pids io");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static void fill(Path directory, String... names) throws IOException {
    for (String name : names) {
      Files.createFile(directory.resolve(name));
    }
    if (directory.endsWith("cpuset")) {
      Files.createFile(directory.resolve("cpuset.cpus"));
      Files.createFile(directory.resolve("cpuset.mems"));
    }
  }

  private static Map<String, String> written(Path directory) throws IOException {
    Map<String, String> contents = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("cgroup.") && Files.size(file) > 0) {
          contents.put(name, Files.readString(file));
        }
      }
    }
    return contents;
  }
}
