package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.ExecResult;
import io.berth.api.RestartPolicy;
import io.berth.testing.TestEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many containers, and processes that are killed at every moment, leave nothing behind. */
class StressIT {
  private static final int CONTAINERS = 1000;
  private static final int AT_A_TIME = 8;
  private static final int CRASHES = 25;

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  /** What a host has that containers could leave. */
  private record Host(
      Set<String> mounts, Set<String> cgroups, Set<String> namespaces, Set<String> processes) {
    static Host now() {
      return new Host(readMounts(), readCgroups(), readNamespaces(), readProcesses());
    }

    boolean isWithin(Host before) {
      return before.mounts.containsAll(mounts)
          && before.cgroups.containsAll(cgroups)
          && before.namespaces.containsAll(namespaces)
          && before.processes.containsAll(processes);
    }

    private static Set<String> readMounts() {
      try {
        return new TreeSet<>(Files.readAllLines(Path.of("/proc/self/mountinfo")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Set<String> readCgroups() {
      try (Stream<Path> all =
          Files.find(
              Path.of("/sys/fs/cgroup"),
              4,
              (path, attributes) ->
                  attributes.isDirectory() && path.getFileName().toString().length() == 64,
              new FileVisitOption[0])) {
        return all.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Set<String> readNamespaces() {
      Set<String> all = new TreeSet<>();
      ProcessHandle.allProcesses()
          .forEach(
              p -> {
                for (String kind : List.of("net", "mnt", "pid")) {
                  try {
                    Path file = Path.of("/proc/" + p.pid() + "/ns/" + kind);
                    all.add(Files.readSymbolicLink(file).toString());
                  } catch (IOException e) {
                    // It has just ended.
                  }
                }
              });
      return all;
    }

    private static Set<String> readProcesses() {
      Set<String> all = new TreeSet<>();
      ProcessHandle.allProcesses()
          .forEach(
              p -> {
                try {
                  String name = Files.readString(Path.of("/proc/" + p.pid() + "/comm")).strip();
                  if (name.startsWith("berth-") && !name.equals("berth-spawner")) {
                    all.add(p.pid() + " " + name);
                  }
                } catch (IOException e) {
                  // It has just ended.
                }
              });
      return all;
    }
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /** The same as before, or soon: processes that were killed take a moment to go. */
  private static void assertNothingIsLeft(Host before) throws InterruptedException {
    for (int i = 0; i < 1000 && !Host.now().isWithin(before); i++) {
      Thread.sleep(10);
    }
    Host now = Host.now();
    assertThat(before.mounts()).containsAll(now.mounts());
    assertThat(before.cgroups()).containsAll(now.cgroups());
    assertThat(before.processes()).containsAll(now.processes());
    assertThat(before.namespaces()).containsAll(now.namespaces());
  }

  @Test
  void aThousandContainersEightAtATimeLeaveNothing() throws Exception {
    Host before = Host.now();
    List<String> snapshots = files(FIXTURE.dataDirectory().resolve("snapshots"));
    try (Container warmUp = berth.containers().create(TestEngine.IMAGE).command("true").start()) {
      warmUp.waitForExit();
    }
    long descriptors = openDescriptors();
    ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      List<Future<Integer>> codes = new ArrayList<>();
      for (int i = 0; i < CONTAINERS; i++) {
        int code = i % 3;
        codes.add(
            pool.submit(
                () -> {
                  try (Container c =
                      berth
                          .containers()
                          .create(TestEngine.IMAGE)
                          .command("sh", "-c", "echo hi > /file; exit " + code)
                          .start()) {
                    return c.waitForExit() - code;
                  }
                }));
      }
      for (Future<Integer> code : codes) {
        assertThat(code.get()).isZero();
      }
    } finally {
      pool.shutdownNow();
    }

    assertNothingIsLeft(before);
    assertThat(berth.containers().list()).isEmpty();
    assertThat(files(FIXTURE.dataDirectory().resolve("containers"))).containsExactly("names");
    assertThat(files(FIXTURE.dataDirectory().resolve("snapshots"))).isEqualTo(snapshots);
    assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
  }

  @Test
  void manyProcessesInOneContainerLeaveNothing() throws Exception {
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).command("sleep", "1000").start()) {
      c.exec("true").execute();
      Host before = Host.now();
      long descriptors = openDescriptors();
      ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
      try {
        List<Future<ExecResult>> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          String number = Integer.toString(i);
          results.add(pool.submit(() -> c.exec("echo", number).execute()));
        }
        for (int i = 0; i < 200; i++) {
          assertThat(results.get(i).get().stdout()).isEqualTo(i + "\n");
        }
      } finally {
        pool.shutdownNow();
      }

      assertNothingIsLeft(before);
      assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
    }
  }

  @Test
  void aMonitorKilledAtAnyMomentLeavesATruthThatCanBeRepaired() throws Exception {
    Host before = Host.now();
    Random random = new Random(7);
    for (int round = 0; round < CRASHES; round++) {
      Container c =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .command("sh", "-c", "sleep 0.0" + random.nextInt(10) + "; exit 4")
              .detached(true)
              .restart(round % 2 == 0 ? RestartPolicy.ALWAYS : RestartPolicy.NO)
              .start();
      Thread.sleep(random.nextInt(120));
      killMonitor(c.id());
      try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
        Container seen = other.containers().get(c.id());
        assertThat(seen.state().status()).isEqualTo(Status.EXITED);
        assertThat(seen.state().exitCode().orElseThrow()).isIn(4, 137);
        seen.remove(false);
      }
    }
    assertNothingIsLeft(before);
  }

  private static void killMonitor(String id) throws IOException, InterruptedException {
    Path file = FIXTURE.dataDirectory().resolve("containers").resolve(id).resolve("monitor");
    long pid = Long.parseLong(Files.readString(file).strip().split(" +")[0]);
    ProcessHandle.of(pid)
        .filter(p -> name(pid).startsWith("berth-monitor"))
        .ifPresent(
            p -> {
              p.destroyForcibly();
              p.onExit().join();
            });
  }

  private static String name(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void aJvmKilledAtAnyMomentLeavesWhatAnotherCanRepair() throws Exception {
    Host before = Host.now();
    Random random = new Random(11);
    for (int round = 0; round < 4; round++) {
      Process jvm =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Busy.class.getName(),
                  FIXTURE.dataDirectory().toString())
              .redirectErrorStream(true)
              .start();
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
        String line = out.readLine();
        while (line != null && !line.equals("busy")) {
          line = out.readLine();
        }
        assertThat(line).isEqualTo("busy");
        Thread.sleep(random.nextInt(150));
      } finally {
        jvm.destroyForcibly();
        jvm.waitFor();
      }
      // Spawner and owned containers end with it; nothing tells when.
      for (int i = 0; i < 500 && !Host.now().processes().equals(before.processes()); i++) {
        Thread.sleep(10);
      }
      try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
        for (Container c : other.containers().list()) {
          assertThat(c.state().status().isActive()).isFalse();
          c.remove(false);
        }
      }
    }
    assertNothingIsLeft(before);
    try (Engine fresh = Berth.open(FIXTURE.dataDirectory());
        Container c = fresh.containers().create(TestEngine.IMAGE).command("true").start()) {
      assertThat(c.waitForExit()).isZero();
    }
  }

  /** A program that starts, runs and removes containers until it is killed. */
  static final class Busy {
    private Busy() {}

    public static void main(String[] args) throws InterruptedException {
      try (Engine berth = Berth.open(Path.of(args[0]))) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Thread thread = new Thread(() -> run(berth));
          thread.start();
          threads.add(thread);
        }
        System.out.println("busy");
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }

    private static void run(Engine berth) {
      while (true) {
        try (Container c =
            berth.containers().create(TestEngine.IMAGE).command("sleep", "0.02").start()) {
          c.exec("true").execute();
          c.waitForExit();
        } catch (io.berth.error.BerthException e) {
          // Its container may end before the process is in it.
        }
      }
    }
  }
}
