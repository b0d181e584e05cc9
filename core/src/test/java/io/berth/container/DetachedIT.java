package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.Event;
import io.berth.api.Health;
import io.berth.api.RestartPolicy;
import io.berth.api.Wait;
import io.berth.error.NotFoundException;
import io.berth.oci.Healthcheck;
import io.berth.testing.Await;
import io.berth.testing.ChildJvm;
import io.berth.testing.TestEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers whose JVM is gone, or whose monitor. */
class DetachedIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Engine berth = FIXTURE.engine();

  private CreateRequest shell(String script) {
    return berth.containers().create(TestEngine.IMAGE).command("sh", "-c", script).detached(true);
  }

  /** A program that starts containers, says so, and sleeps until it is killed. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] args) throws InterruptedException {
      Engine berth = Berth.open(Path.of(args[0]));
      String wait = "while ! test -e /go; do sleep 0.01; done; ";
      shell(berth, wait + "exit 7").name("once").start();
      shell(berth, "echo run; " + wait + "rm /go; exit 8")
          .name("again")
          .restart(RestartPolicy.onFailure(1))
          .start();
      shell(berth, wait).name("gone").autoRemove(true).start();
      shell(berth, wait).name("watched").healthcheck(check()).start();
      System.out.println("started");
      Thread.sleep(Long.MAX_VALUE);
    }

    private static CreateRequest shell(Engine berth, String script) {
      return berth.containers().create(TestEngine.IMAGE).command("sh", "-c", script).detached(true);
    }

    private static Healthcheck check() {
      Optional<Duration> often = Optional.of(Duration.ofMillis(20));
      return new Healthcheck(
          List.of("CMD", "test", "-e", "/well"),
          often,
          Optional.of(Duration.ofSeconds(10)),
          Optional.empty(),
          Optional.empty(),
          Optional.of(1));
    }
  }

  @Test
  void aKilledJvmLeavesThemToTheirMonitorsAndAnotherFindsThemAsTheyAre() throws Exception {
    Instant before = Instant.now();
    ChildJvm.start(Starting.class, "started", FIXTURE.dataDirectory().toString()).close();

    try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
      Container once = other.containers().get("once");
      Container again = other.containers().get("again");
      Container gone = other.containers().get("gone");
      Container watched = other.containers().get("watched");
      for (Container c : List.of(once, again, gone, watched)) {
        assertThat(c.state().status()).isEqualTo(Status.RUNNING);
        assertThat(Files.readString(Path.of("/proc/" + c.pid().getAsLong() + "/comm")))
            .isEqualTo("sh\n");
      }
      Await.until(() -> health(watched) == Health.Status.UNHEALTHY);
      watched.exec("touch", "/well").execute();
      watched.waitFor(Wait.forHealthy().timeout(LONG));
      for (Container c : List.of(once, again, gone)) {
        c.exec("touch", "/go").execute();
      }
    }

    // Nobody is there while they end.
    Await.until(() -> berth.containers().find("gone").isEmpty());
    Await.until(() -> berth.containers().get("once").state().status() == Status.EXITED);
    assertThat(berth.containers().get("once").state().exitCode()).contains(7);
    Container again = berth.containers().get("again");
    Await.until(() -> again.state().restarts() == 1 && again.state().status() == Status.RUNNING);
    again.exec("touch", "/go").execute();
    assertThat(again.waitForExit()).isEqualTo(8);
    assertThat(again.logs().stdout()).isEqualTo("run\nrun\n");
    assertThat(
            berth.events().read().since(before).filter("container", "gone").list().stream()
                .map(Event::action)
                .filter(a -> !a.startsWith("exec")))
        .containsExactly("create", "start", "die", "destroy");
    berth.containers().list().forEach(c -> c.remove(true));
  }

  private static Health.Status health(Container c) {
    return c.state().health().map(Health::status).orElse(Health.Status.STARTING);
  }

  private static void killMonitor(Container c) throws Exception {
    Path file = FIXTURE.dataDirectory().resolve("containers").resolve(c.id()).resolve("monitor");
    long pid = Long.parseLong(Files.readString(file).strip().split(" +")[0]);
    ProcessHandle monitor = ProcessHandle.of(pid).orElseThrow();
    monitor.destroyForcibly();
    monitor.onExit().get();
  }

  @Test
  void whatWasLostIsStartedAgainAsItsPolicySays() throws Exception {
    Container always = shell("sleep 1000").restart(RestartPolicy.ALWAYS).start();
    Container unless = shell("sleep 1000").restart(RestartPolicy.UNLESS_STOPPED).start();
    Container stopped = shell("sleep 1000").restart(RestartPolicy.UNLESS_STOPPED).start();
    Container never = shell("sleep 1000").start();
    stopped.stop(Duration.ZERO);
    for (Container c : List.of(always, unless, never)) {
      killMonitor(c);
    }

    try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
      assertThat(other.containers().get(always.id()).state().exitCode()).contains(137);

      List<Container> resumed = other.containers().resume();

      assertThat(resumed)
          .extracting(Container::id)
          .containsExactlyInAnyOrder(always.id(), unless.id());
      assertThat(other.containers().get(unless.id()).state().status()).isEqualTo(Status.RUNNING);
      assertThat(other.containers().get(stopped.id()).state().status()).isEqualTo(Status.EXITED);
      assertThat(other.containers().get(never.id()).state().status()).isEqualTo(Status.EXITED);
      other.containers().list().forEach(c -> c.remove(true));
    }
  }

  @Test
  void oneThatIsRemovedElsewhereIsGoneHereToo() {
    Container c = shell("sleep 1000").name("elsewhere").start();
    try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
      other.containers().get("elsewhere").remove(true);
    }

    c.waitFor(Wait.forRemoval());
    assertThatThrownBy(c::state)
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("elsewhere");
    assertThatThrownBy(c::start).isInstanceOf(NotFoundException.class);
    c.remove(true);
  }

  @Test
  void startedFromManySidesAtOnceItRunsOnce() throws Exception {
    Container c = shell("echo run; sleep 1000").create();
    List<Thread> threads = new java.util.ArrayList<>();
    java.util.concurrent.atomic.AtomicInteger started =
        new java.util.concurrent.atomic.AtomicInteger();
    try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
      for (Engine engine : List.of(berth, other, berth, other)) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    engine.containers().get(c.id()).start();
                    started.incrementAndGet();
                  } catch (io.berth.error.ConflictException e) {
                    // Another was faster.
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    assertThat(started).hasValue(1);
    assertThat(c.state().status()).isEqualTo(Status.RUNNING);
    c.waitFor(Wait.forLog("run"));
    assertThat(c.logs().stdout()).isEqualTo("run\n");
    c.remove(true);
  }
}
