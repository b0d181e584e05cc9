package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Stats;
import io.berth.api.Stats.BlockCount;
import io.berth.api.Stats.NetworkIo;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.CgroupLayout.Tree;
import io.berth.runtime.cgroup.Cgroups;
import io.berth.runtime.cgroup.ContainerCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters in made-up trees of both versions. */
class StatsReaderTest {
  @TempDir Path root;

  private StatsReader reader;

  @BeforeEach
  void makeProc() throws IOException {
    Path proc = root.resolve("proc");
    Files.createDirectories(proc.resolve("7/net"));
    Files.writeString(proc.resolve("stat"), "cpu  10 20 30 40 50 60 70 80 90 0\ncpu0 1\n");
    Files.writeString(proc.resolve("meminfo"), "MemTotal:       1000 kB\nMemFree: 1 kB\n");
    Files.writeString(
        proc.resolve("7/net/dev"),
        "Inter-|   Receive\n face |bytes\n"
            + "    lo:  9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n"
            + "  eth0: 100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n");
    reader = new StatsReader(Clock.systemUTC(), proc);
  }

  private static void write(Path directory, String... namesAndTexts) throws IOException {
    Files.createDirectories(directory);
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      Files.writeString(directory.resolve(namesAndTexts[i]), namesAndTexts[i + 1]);
    }
  }

  @Test
  void v2() throws IOException {
    Path tree = root.resolve("v2");
    write(
        tree.resolve("berth/c"),
        "cpu.stat",
        "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 5\nnr_throttled 2\n"
            + "throttled_usec 700\n",
        "memory.current",
        "5000\n",
        "memory.max",
        "max\n",
        "memory.peak",
        "6000\n",
        "memory.events",
        "low 0\nhigh 0\nmax 3\noom 0\noom_kill 0\n",
        "memory.stat",
        "anon 100\ninactive_file 1000\n",
        "pids.current",
        "4\n",
        "pids.max",
        "max\n",
        "io.stat",
        "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n254:1 cost.usage=1\n");

    Stats stats = reader.read(group(Map.of(), Optional.of(tree)), Optional.of(7L));

    assertThat(stats.cpu().total()).isEqualTo(Duration.ofNanos(3_000_000));
    assertThat(stats.cpu().user()).isEqualTo(Duration.ofNanos(2_000_000));
    assertThat(stats.cpu().host()).isEqualTo(Duration.ofMillis(2800));
    assertThat(stats.cpu().throttledPeriods()).isEqualTo(2);
    assertThat(stats.cpu().throttled()).isEqualTo(Duration.ofNanos(700_000));
    assertThat(stats.memory().usage()).isEqualTo(5000);
    assertThat(stats.memory().used()).isEqualTo(4000);
    assertThat(stats.memory().limit()).isEqualTo(1_024_000);
    assertThat(stats.memory().peak()).isEqualTo(6000);
    assertThat(stats.memory().failures()).isEqualTo(3);
    assertThat(stats.pids()).isEqualTo(new Stats.Pids(4, Optional.empty()));
    assertThat(stats.blockIo().bytes())
        .contains(new BlockCount(8, 0, "read", 10), new BlockCount(8, 0, "write", 20))
        .hasSize(3);
    assertThat(stats.blockIo().operations()).contains(new BlockCount(8, 0, "write", 2));
    assertThat(stats.networks())
        .isEqualTo(Map.of("eth0", new NetworkIo(100, 2, 3, 4, 500, 6, 7, 8)));
  }

  @Test
  void v1() throws IOException {
    Path memory = root.resolve("memory");
    Path cpu = root.resolve("cpu,cpuacct");
    Path blkio = root.resolve("blkio");
    write(
        memory.resolve("berth/c"),
        "memory.usage_in_bytes",
        "5000\n",
        "memory.limit_in_bytes",
        "9223372036854771712\n",
        "memory.max_usage_in_bytes",
        "7000\n",
        "memory.failcnt",
        "2\n",
        "memory.stat",
        "total_inactive_file 500\n");
    write(
        cpu.resolve("berth/c"),
        "cpuacct.usage",
        "123456\n",
        "cpuacct.stat",
        "user 3\nsystem 1\n",
        "cpuacct.usage_percpu",
        "100000 23456 \n",
        "cpu.stat",
        "nr_periods 9\nnr_throttled 1\nthrottled_time 50\n");
    write(
        blkio.resolve("berth/c"),
        "blkio.throttle.io_service_bytes_recursive",
        "8:0 Read 4096\n8:0 Write 0\n8:0 Total 4096\nTotal 4096\n",
        "blkio.throttle.io_serviced_recursive",
        "8:0 Read 1\nTotal 1\n");

    Stats stats =
        reader.read(
            group(Map.of("memory", memory, "cpu", cpu, "blkio", blkio), Optional.empty()),
            Optional.empty());

    assertThat(stats.cpu().total()).isEqualTo(Duration.ofNanos(123_456));
    assertThat(stats.cpu().user()).isEqualTo(Duration.ofMillis(30));
    assertThat(stats.cpu().perCpu())
        .containsExactly(Duration.ofNanos(100_000), Duration.ofNanos(23_456));
    assertThat(stats.cpu().throttled()).isEqualTo(Duration.ofNanos(50));
    assertThat(stats.memory().used()).isEqualTo(4500);
    assertThat(stats.memory().limit()).isEqualTo(1_024_000);
    assertThat(stats.memory().failures()).isEqualTo(2);
    assertThat(stats.blockIo().bytes())
        .contains(new BlockCount(8, 0, "read", 4096), new BlockCount(8, 0, "total", 4096));
    assertThat(stats.blockIo().operations()).containsExactly(new BlockCount(8, 0, "read", 1));
    assertThat(stats.networks()).isEmpty();
  }

  private static ContainerCgroup group(Map<String, Path> v1, Optional<Path> v2) {
    Map<String, Tree> trees = new java.util.HashMap<>();
    v1.forEach((name, path) -> trees.put(name, new Tree(path, path)));
    return Cgroups.manager(new CgroupLayout(trees, v2.map(path -> new Tree(path, path))))
        .find("c")
        .orElseThrow();
  }
}
