package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.ExecResult;
import io.berth.api.LaunchException;
import io.berth.api.RestartPolicy;
import io.berth.testing.Await;
import io.berth.testing.ChildJvm;
import io.berth.testing.Leaks;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many containers, and processes that are killed at every moment, leave nothing behind. */
class StressIT {
  // script/stress runs a thousand.
  private static final int CONTAINERS = Integer.getInteger("berth.stress", 200);
  private static final int AT_A_TIME = 8;
  private static final int CRASHES = Math.max(10, CONTAINERS / 20);

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

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

  @Test
  void manyContainersEightAtATimeLeaveNothing() throws Exception {
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

    Leaks.assertNone(berth);
    assertThat(berth.containers().list()).isEmpty();
    assertThat(files(FIXTURE.dataDirectory().resolve("containers"))).containsExactly("names");
    assertThat(files(FIXTURE.dataDirectory().resolve("snapshots"))).isEqualTo(snapshots);
    Await.pass(() -> assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2));
  }

  @Test
  void manyProcessesInOneContainerLeaveNothing() throws Exception {
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).command("sleep", "1000").start()) {
      c.exec("true").execute();
      Await.pass(() -> assertThat(Leaks.processes(FIXTURE.dataDirectory())).hasSize(2));
      Set<Long> processes = Leaks.processes(FIXTURE.dataDirectory());
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

      Await.pass(() -> assertThat(Leaks.processes(FIXTURE.dataDirectory())).isEqualTo(processes));
      Await.pass(() -> assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2));
    }
  }

  @Test
  void aMonitorKilledAtAnyMomentLeavesATruthThatCanBeRepaired() throws Exception {
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
    Leaks.assertNone(berth);
  }

  @Test
  void aMonitorKilledWhileItStartsLeavesNothing() throws Exception {
    Random random = new Random(5);
    for (int round = 0; round < CRASHES; round++) {
      Container c =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .command("sleep", "1000")
              .detached(true)
              .create();
      int delay = random.nextInt(4000);
      Thread killer = new Thread(() -> killStarting(c.id(), delay));
      killer.start();
      try {
        c.start();
      } catch (LaunchException e) {
        assertThat(e).hasMessageContaining("monitor");
      }
      killer.join();
      try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
        Container seen = other.containers().get(c.id());
        // A container lives no longer than its monitor, and it may have to die yet.
        Await.until(() -> !seen.state().status().isActive());
        assertThat(seen.state().status()).isIn(Status.CREATED, Status.EXITED);
        seen.start();
        seen.remove(true);
      }
    }
    Leaks.assertNone(berth);
  }

  /** Kills a monitor so many microseconds after it is first seen. */
  private static void killStarting(String id, int micros) {
    String title = "berth-monitor " + id.substring(0, 12);
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      Optional<ProcessHandle> monitor =
          ProcessHandle.allProcesses()
              .filter(p -> read("/proc/" + p.pid() + "/cmdline").startsWith(title))
              .findFirst();
      if (monitor.isPresent()) {
        long until = System.nanoTime() + micros * 1000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        monitor.get().destroyForcibly();
        monitor.get().onExit().join();
        return;
      }
    }
    throw new AssertionError("no monitor was seen");
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }

  private static void killMonitor(String id) throws IOException, InterruptedException {
    Path file = FIXTURE.dataDirectory().resolve("containers").resolve(id).resolve("monitor");
    long pid = Long.parseLong(Files.readString(file).strip().split(" +")[0]);
    ProcessHandle.of(pid)
        .filter(p -> read("/proc/" + pid + "/comm").startsWith("berth-monitor"))
        .ifPresent(
            p -> {
              p.destroyForcibly();
              p.onExit().join();
            });
  }

  @Test
  void aJvmKilledAtAnyMomentLeavesWhatAnotherCanRepair() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 4; round++) {
      ChildJvm jvm = ChildJvm.start(Busy.class, "busy", FIXTURE.dataDirectory().toString());
      Thread.sleep(random.nextInt(150));
      jvm.close();
      // Owned containers end with it; nothing tells when.
      Await.pass(() -> assertThat(Leaks.processes(FIXTURE.dataDirectory())).isEmpty());
      try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
        for (Container c : other.containers().list()) {
          assertThat(c.state().status().isActive()).isFalse();
          c.remove(false);
        }
      }
    }
    Leaks.assertNone(berth);
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
