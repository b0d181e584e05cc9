package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.Health;
import io.berth.api.LogOptions;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkMode;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to containers between their start and their end. */
class LifeIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Engine berth = FIXTURE.engine();

  private io.berth.api.CreateRequest shell(String script) {
    return berth.containers().create(TestEngine.IMAGE).command("sh", "-c", script);
  }

  @Test
  void onFailureItIsStartedAgainSoOftenAndNoMore() {
    Container c = shell("echo run; exit 3").restart(RestartPolicy.onFailure(2)).start();

    assertThat(c.waitForExit()).isEqualTo(3);
    assertThat(c.logs().stdout()).isEqualTo("run\nrun\nrun\n");
    assertThat(c.state().restarts()).isEqualTo(2);
    assertThat(c.state().status()).isEqualTo(Status.EXITED);
    c.remove(false);
  }

  @Test
  void onFailureASuccessIsTheEnd() {
    Container c =
        shell("echo run; test -e /second || { touch /second; exit 1; }")
            .restart(RestartPolicy.onFailure(0))
            .start();

    assertThat(c.waitForExit()).isZero();
    assertThat(c.state().restarts()).isEqualTo(1);
    c.remove(false);
  }

  @Test
  void alwaysGoesOnUntilItIsStopped() throws Exception {
    Container c = shell("echo run").restart(RestartPolicy.ALWAYS).start();
    Await.until(() -> c.state().restarts() >= 2);

    c.stop();

    assertThat(c.state().status()).isEqualTo(Status.EXITED);
    c.remove(false);
  }

  @Test
  void thePolicyCanBeChangedWhileItRuns() {
    Container c = shell("read x; exit 1").openStdin(true).restart(RestartPolicy.ALWAYS).start();
    c.update().restart(RestartPolicy.NO).execute();

    c.attach().stdin(java.io.InputStream.nullInputStream()).start();

    assertThat(c.waitForExit()).isEqualTo(1);
    assertThat(c.spec().restart()).isEqualTo(RestartPolicy.NO);
    assertThat(c.state().restarts()).isZero();
    c.remove(false);
  }

  @Test
  void aPolicyAndAutoRemoveExcludeEachOther() {
    assertThatThrownBy(() -> shell("true").restart(RestartPolicy.ALWAYS).autoRemove(true).create())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("restart policy");
  }

  @Test
  void anInitReapsOrphansAndPassesSignalsOn() throws Exception {
    try (Container c =
        shell(
                "trap 'echo term; exit 5' TERM; echo up; (sleep 0 & exec sleep 0.01) & while :; do"
                    + " sleep 0.05; done")
            .init(true)
            .start()) {
      c.waitFor(Wait.forLog("up"));
      assertThat(c.exec("cat", "/proc/1/comm").execute().stdout()).isEqualTo("berth-init\n");
      Await.until(() -> !c.exec("ps").execute().stdout().contains("[sleep]"));

      c.kill("TERM");

      assertThat(c.waitForExit()).isEqualTo(5);
      assertThat(c.logs().stdout()).contains("term\n");
    }
  }

  @Test
  void aPausedContainerDoesNothingUntilItGoesOn() throws Exception {
    FIXTURE.assumeLimits();
    try (Container c = shell("i=0; while :; do echo $((i=i+1)); sleep 0.01; done").start()) {
      c.waitFor(Wait.forLog("^3$"));
      c.pause();
      assertThat(c.state().status()).isEqualTo(Status.PAUSED);
      // Its monitor may be late with the last ones.
      int before = Await.rest(() -> c.logs().entries().size());
      assertThatThrownBy(c::pause).isInstanceOf(ConflictException.class);
      assertThatThrownBy(() -> c.exec("true").execute())
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("paused");

      c.unpause();

      assertThat(c.state().status()).isEqualTo(Status.RUNNING);
      Await.until(() -> c.logs().entries().size() > before);
    }
  }

  @Test
  void aPausedContainerCanBeRemovedByForce() {
    FIXTURE.assumeLimits();
    Container c = shell("sleep 1000").start();
    c.pause();

    c.remove(true);

    assertThat(berth.containers().find(c.id())).isEmpty();
  }

  private static Healthcheck check(String script, Duration timeout) {
    return new Healthcheck(
        List.of("CMD-SHELL", script),
        Optional.of(Duration.ofMillis(50)),
        Optional.of(timeout),
        Optional.empty(),
        Optional.empty(),
        Optional.of(2));
  }

  @Test
  void aHealthCheckSaysWhetherItIsHealthy() throws Exception {
    String waiting = "while ! test -e /looked; do sleep 0.01; done; ";
    try (Container c =
        shell("sleep 1000")
            .healthcheck(check(waiting + "echo looking; test -e /ready", LONG))
            .start()) {
      assertThat(c.state().health().map(Health::status)).contains(Health.Status.STARTING);
      c.exec("touch", "/looked").execute();
      Await.until(
          () ->
              c.state().health().map(Health::status).stream()
                  .anyMatch(s -> s == Health.Status.UNHEALTHY));
      Health.Check last = c.state().health().orElseThrow().log().get(0);
      assertThat(last.exitCode()).isEqualTo(1);
      assertThat(last.output()).isEqualTo("looking\n");

      c.exec("touch", "/ready").execute();
      c.waitFor(Wait.forHealthy().timeout(LONG));

      assertThat(c.state().health().orElseThrow().failingStreak()).isZero();
    }
  }

  @Test
  void aHealthCheckThatTakesTooLongFails() throws Exception {
    try (Container c =
        shell("sleep 1000").healthcheck(check("sleep 100", Duration.ofMillis(400))).start()) {
      Await.until(
          () ->
              c.state().health().map(Health::status).stream()
                  .anyMatch(s -> s == Health.Status.UNHEALTHY));

      Health.Check last = c.state().health().orElseThrow().log().get(0);
      assertThat(last.exitCode()).isEqualTo(-1);
      assertThat(last.output()).contains("exceeded timeout");
    }
  }

  @Test
  void namespacesCanBeThoseOfAnotherContainer() {
    try (Container first = shell("sleep 1000").hostname("first").start();
        Container second =
            shell("sleep 1000")
                .pid(NamespaceMode.container(first.name()))
                .ipc(NamespaceMode.container(first.name()))
                .uts(NamespaceMode.container(first.name()))
                .network(NetworkMode.container(first.name()))
                .start()) {
      for (String namespace : List.of("pid", "ipc", "uts", "net")) {
        assertThat(second.exec("readlink", "/proc/self/ns/" + namespace).execute().stdout())
            .isEqualTo(first.exec("readlink", "/proc/self/ns/" + namespace).execute().stdout());
      }
      assertThat(second.exec("hostname").execute().stdout()).isEqualTo("first\n");

      second.kill("KILL");

      assertThat(second.waitForExit()).isEqualTo(137);
      assertThat(first.exec("true").execute().exitCode()).isZero();
    }
  }

  @Test
  void theHostsProcessesCanBeSeenAndAreNotHarmed() {
    try (Container c = shell("sleep 1000 & sleep 1000").pid(NamespaceMode.HOST).start()) {
      assertThat(c.exec("readlink", "/proc/self/ns/pid").execute().stdout().strip())
          .isEqualTo(hostNamespace("pid"));

      c.kill("KILL");

      assertThat(c.waitForExit()).isEqualTo(137);
    }
  }

  private static String hostNamespace(String name) {
    try {
      return Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/" + name)).toString();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aNamespaceOfAContainerThatDoesNotRunIsRefused() {
    try (Container stopped = shell("true").create();
        Container c = shell("true").pid(NamespaceMode.container(stopped.name())).create()) {
      assertThatThrownBy(c::start)
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("not running");
    }
  }

  @Test
  void privilegedGivesDevicesAndUnmasksPaths() {
    try (Container c = shell("sleep 1000").privileged(true).start()) {
      assertThat(c.exec("sh", "-c", "ls /dev").execute().stdout()).contains("loop-control");
      String sysctl = FIXTURE.isRootless() ? "net/ipv4/ip_forward" : "kernel/printk_delay";
      assertThat(c.exec("sh", "-c", "echo 0 > /proc/sys/" + sysctl).execute().exitCode()).isZero();
      assertThat(c.exec("grep", "Seccomp:", "/proc/self/status").execute().stdout())
          .isEqualTo("Seccomp:\t0\n");
      assertThat(
              c.exec("sh", "-c", "mkdir /m && mount -t tmpfs t /m && echo ok").execute().stdout())
          .isEqualTo("ok\n");
    }
  }

  @Test
  void devicesOfTheHostCanBeGiven() {
    assumeFalse(FIXTURE.isRootless(), "only root may open this device");
    try (Container c =
        shell("sleep 1000")
            .device(io.berth.api.DeviceSpec.parse("/dev/loop-control:/dev/my/control:r"))
            .start()) {
      assertThat(c.exec("ls", "/dev/my").execute().stdout()).isEqualTo("control\n");
      assertThat(c.exec("sh", "-c", "exec 3< /dev/my/control && echo ok").execute().stdout())
          .isEqualTo("ok\n");
      assertThat(c.exec("sh", "-c", "exec 3> /dev/my/control").execute().stderr())
          .contains("Operation not permitted");
    }
  }

  @Test
  void memoryFileSystemsAreMountedWithTheirOptions() {
    try (Container c =
        shell("sleep 1000").tmpfs("/data", "size=1m,mode=700").shmSize("2m").start()) {
      assertThat(
              c.exec("sh", "-c", "df -k /data /dev/shm | awk '/tmpfs|shm/{print $2}'")
                  .execute()
                  .stdout())
          .isEqualTo("1024\n2048\n");
      assertThat(c.exec("stat", "-c", "%a", "/data").execute().stdout()).isEqualTo("700\n");
    }
    assertThatThrownBy(() -> shell("true").tmpfs("/data", "colour=red"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("colour=red");
  }

  @Test
  void itsNameAndLimitsCanBeChanged() {
    FIXTURE.assumeLimits();
    try (Container c = shell("sleep 1000").memory("64m").pidsLimit(50).start()) {
      c.rename("renamed");
      c.update().resources(Resources.builder().memory(32L << 20).pids(40).build()).execute();

      Container again = berth.containers().get("renamed");
      assertThat(again.id()).isEqualTo(c.id());
      assertThat(again.spec().sandbox().resources().memory()).contains(32L << 20);
      assertThat(again.spec().sandbox().resources().pids()).contains(40L);
      assertThatThrownBy(() -> shell("true").name("renamed").create())
          .isInstanceOf(ConflictException.class);
    }
    assertThat(berth.containers().find("renamed")).isEmpty();
  }

  @Test
  void logsAreRotatedAtTheirSize() throws Exception {
    try (Container c =
        shell("for i in $(seq 1000); do echo line $i; done")
            .log(LogOptions.jsonFile(4096, 3))
            .start()) {
      c.waitForExit();
      try (Stream<java.nio.file.Path> all =
          Files.list(FIXTURE.dataDirectory().resolve("containers").resolve(c.id()))) {
        assertThat(all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith("log.json")))
            .containsExactlyInAnyOrder("log.json", "log.json.1", "log.json.2");
      }
    }
  }

  @Test
  void waitingSaysWhyItWasInVain() {
    try (Container c = shell("echo sorry; exit 9").start()) {
      assertThatThrownBy(() -> c.waitFor(Wait.forLog("ready")))
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("ended with code 9")
          .hasMessageContaining("sorry");
    }
  }

  @Test
  void waitingForItToRunEndsWhenItIsStarted() {
    try (Container c = shell("sleep 1000").create()) {
      Wait wait = Wait.forRunning().timeout(LONG);
      CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> c.waitFor(wait));

      c.start();

      assertThat(waiting).succeedsWithin(LONG);
      assertThat(c.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void waitingForItsEndLooksAtTheCode() {
    try (Container c = shell("sleep 0.1; exit 3").start()) {
      c.waitFor(Wait.forExit(3).timeout(LONG));

      assertThat(c.state().exitCode()).contains(3);
      assertThatThrownBy(() -> c.waitFor(Wait.forExit(4)))
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("3");
    }
  }

  @Test
  void waitingForLinesCountsThem() {
    try (Container c =
        shell("echo up 1; sleep 0.1; echo other; echo up 2 >&2; exec sleep 1000").start()) {
      c.waitFor(Wait.forLog("up \\d", 2).timeout(LONG));

      assertThat(c.logs().stderr()).isEqualTo("up 2\n");
      assertThatThrownBy(() -> c.waitFor(Wait.forLog("up \\d", 3).timeout(Duration.ofMillis(100))))
          .isInstanceOf(BerthException.class);
    }
  }

  @Test
  void waitingForAPortLooksInside() {
    try (Container c = shell("sleep 0.1; nc -l -p 8080").start()) {
      c.waitFor(Wait.forPort(8080).timeout(LONG));

      assertThat(c.state().status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void twoEnginesSeeOneAnothersContainers() {
    try (Engine other = Berth.open(FIXTURE.dataDirectory());
        Container c = shell("sleep 1000").detached(true).name("shared").start()) {
      Container seen = other.containers().get("shared");
      assertThat(seen.state().status()).isEqualTo(Status.RUNNING);

      seen.stop(Duration.ZERO);

      assertThat(c.waitForExit()).isEqualTo(137);
      ContainerState state = c.state();
      assertThat(state.exitCode()).contains(137);
      seen.remove(false);
      assertThat(berth.containers().find("shared")).isEmpty();
    }
  }
}
