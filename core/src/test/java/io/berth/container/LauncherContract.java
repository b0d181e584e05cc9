package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.LaunchException;
import io.berth.api.RestartPolicy;
import io.berth.api.Wait;
import io.berth.testing.Await;
import io.berth.testing.Leaks;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every launcher must do: the engine's other tests run on the native one. */
abstract class LauncherContract {
  /** What a container can see of how it was set up; the same text with every launcher. */
  static final String FINGERPRINT =
      "id; pwd; hostname; echo $A; grep -E 'Cap(Bnd|Eff|Prm|Inh|Amb)|Seccomp:|NoNewPrivs'"
          + " /proc/self/status; ulimit -n; cat /proc/sys/kernel/msgmax;"
          + " cat /proc/self/oom_score_adj; umask; ls /dev | grep -v core; cat /proc/kcore | wc -c;"
          + " ls /sys/firmware /proc/scsi 2>/dev/null | wc -l;"
          + " touch /proc/sys/kernel/x /proc/sysrq-trigger /sys/x 2>&1 | wc -l;"
          + " grep -cE ' /(data|frozen|mem) ' /proc/self/mounts; cat /data/f; cat /mem/none;"
          + " touch /root-file /frozen/x; df -m /dev/shm | tail -n 1 | awk '{print $2}';"
          + " stat -c '%a %u' /dev/zero /dev/tty /dev/pts /dev/shm /dev/mqueue; echo $$";

  @TempDir Path host;
  private final List<Container> made = new ArrayList<>();

  abstract TestEngine fixture();

  @AfterEach
  void removeContainers() {
    made.forEach(c -> c.remove(true));
  }

  private CreateRequest request(String... command) {
    return fixture().engine().containers().create(TestEngine.IMAGE).command(command);
  }

  private Container keep(Container container) {
    made.add(container);
    return container;
  }

  CreateRequest described(Engine engine) throws IOException {
    Files.writeString(host.resolve("f"), "bound\n");
    return engine
        .containers()
        .create(TestEngine.IMAGE)
        .command("sh", "-c", FINGERPRINT)
        .user("daemon:users")
        .group("tty")
        .workdir("/var/log")
        .hostname("h")
        .env("A", "b c")
        .capAdd("NET_ADMIN")
        .capDrop("MKNOD")
        .noNewPrivileges(true)
        .ulimit("nofile", 512, 512)
        .sysctl("kernel.msgmax", "4096")
        .oomScoreAdjust(100)
        .readOnlyRoot(true)
        .shmSize("8m")
        .memory("64m")
        .pidsLimit(50)
        .bind(host, "/data", false)
        .bind(host, "/frozen", true)
        .tmpfs("/mem", "size=1m");
  }

  @Test
  void outputAndExitCodeComeThrough() {
    Container container = keep(request("sh", "-c", "echo out; echo err >&2; exit 7").start());

    assertThat(container.waitForExit()).isEqualTo(7);
    assertThat(container.logs().stdout()).isEqualTo("out\n");
    assertThat(container.logs().stderr()).isEqualTo("err\n");
  }

  @Test
  void aContainerIsSetUpAsAsked() throws IOException {
    TestAccess.assumeIds();
    Container container = keep(described(fixture().engine()).start());
    container.waitForExit();
    String expected;
    try (Engine other = Berth.builder().dataDirectory(fixture().dataDirectory()).open();
        Container same = described(other).start()) {
      same.waitForExit();
      expected = same.logs().stdout() + same.logs().stderr();
    }

    assertThat(container.logs().stdout() + container.logs().stderr()).isEqualTo(expected);
  }

  @Test
  void aCommandThatCannotBeRunIsToldApart() {
    TestAccess.assumeIds();
    assertThatThrownBy(() -> request("no-such-command").start())
        .asInstanceOf(InstanceOfAssertFactories.type(LaunchException.class))
        .extracting(LaunchException::exitCode)
        .isEqualTo(127);
    assertThatThrownBy(() -> request("/etc/passwd").start())
        .asInstanceOf(InstanceOfAssertFactories.type(LaunchException.class))
        .extracting(LaunchException::exitCode)
        .isEqualTo(126);
    assertThatThrownBy(() -> request("/no/such").start())
        .asInstanceOf(InstanceOfAssertFactories.type(LaunchException.class))
        .extracting(LaunchException::exitCode)
        .isEqualTo(127);
  }

  @Test
  void processesAreStartedInIt() {
    Container container = keep(request("sleep", "1000").hostname("inside").start());

    assertThat(container.exec("sh", "-c", "hostname; exit 3").execute())
        .satisfies(
            result -> {
              assertThat(result.exitCode()).isEqualTo(3);
              assertThat(result.stdout()).isEqualTo("inside\n");
            });
    assertThat(container.exec("grep", "-c", "sleep", "/proc/1/cmdline").execute().exitCode())
        .isZero();
  }

  @Test
  void itIsKilledAndStopped() {
    Container killed = keep(request("sleep", "1000").start());
    Container stopped =
        keep(
            request("sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done")
                .start());
    stopped.waitFor(Wait.forLog("up"));

    killed.kill("KILL");
    stopped.stop(Duration.ofSeconds(20));

    assertThat(killed.waitForExit()).isEqualTo(137);
    assertThat(stopped.waitForExit()).isEqualTo(5);
  }

  @Test
  void itIsPausedAndGoesOn() {
    fixture().assumeLimits();
    Container container =
        keep(request("sh", "-c", "while :; do echo tick; sleep 0.02; done").start());
    container.waitFor(Wait.forLog("tick"));

    container.pause();
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    // What was written before may come late to the log, and then nothing more.
    int ticks = Await.rest(() -> container.logs().entries().size());
    container.unpause();

    container.waitFor(Wait.forLog("tick", ticks + 5));
  }

  @Test
  void itHasATerminal() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Container container =
        keep(
            request("sh", "-c", "test -t 0 && test -t 1 && tty && read x && echo got $x")
                .tty(true)
                .stdin(new ByteArrayInputStream("line\n".getBytes()))
                .output(out, out)
                .start());

    assertThat(container.waitForExit()).isZero();
    assertThat(out.toString()).contains("/dev/").contains("got line");
  }

  @Test
  void inputIsPassedOnToItsEnd() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = new byte[300_000];
    Container container =
        keep(request("wc", "-c").stdin(new ByteArrayInputStream(bytes)).output(out, out).start());

    assertThat(container.waitForExit()).isZero();
    assertThat(out.toString().strip()).isEqualTo("300000");
  }

  @Test
  void aSmallInitReapsAndPassesSignalsOn() {
    Container container =
        keep(
            request("sh", "-c", "trap 'exit 9' TERM; echo $$; while :; do sleep 0.1; done")
                .init(true)
                .start());
    container.waitFor(Wait.forLog("\\d+"));

    container.stop(Duration.ofSeconds(20));

    assertThat(container.logs().stdout().strip()).isNotEqualTo("1");
    assertThat(container.waitForExit()).isEqualTo(9);
  }

  @Test
  void itIsStartedAgain() {
    Container container =
        keep(
            request("sh", "-c", "echo run; exit 4")
                .restart(RestartPolicy.parse("on-failure:2"))
                .start());

    assertThat(container.waitForExit()).isEqualTo(4);

    assertThat(container.logs().stdout()).isEqualTo("run\nrun\nrun\n");
    assertThat(container.state().restarts()).isEqualTo(2);
    container.start();
    assertThat(container.waitForExit()).isEqualTo(4);
  }

  @Test
  void itOutlivesItsEngine() {
    String id;
    try (Engine first = fixture().open(fixture().dataDirectory())) {
      id =
          first
              .containers()
              .create(TestEngine.IMAGE)
              .command("sh", "-c", "read x; exit 6")
              .openStdin(true)
              .detached(true)
              .start()
              .id();
    }
    Container container = keep(fixture().engine().containers().get(id));

    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    container.kill("KILL");
    assertThat(container.waitForExit()).isEqualTo(137);
  }

  @Test
  void itIsInItsNetworkEachTimeItStarts() {
    Container container =
        keep(
            request(
                    "sh",
                    "-c",
                    "ip -4 -o addr; test -e /again && echo up && exec sleep 1000; touch /again;"
                        + " exit 1")
                .restart(RestartPolicy.parse("on-failure:1"))
                .start());
    container.waitFor(Wait.forLog("up"));

    String ip = container.networks().get(0).ip().orElseThrow();
    assertThat(container.logs().stdout().split(Pattern.quote(" " + ip), -1)).hasSize(3);
  }

  @Test
  void itsFilesAreReached() throws IOException {
    Container container =
        keep(request("sleep", "1000").bind(host, "/data", false).tmpfs("/mem", "").start());
    Files.writeString(host.resolve("f"), "1");

    assertThat(container.files().stat("/data/f").size()).isEqualTo(1);
    container.files().copyTo(host.resolve("f"), "/mem");
    assertThat(container.exec("cat", "/mem/f").execute().stdout()).isEqualTo("1");
  }

  @Test
  void limitsHold() {
    fixture().assumeLimits();
    Container container =
        keep(
            request("sh", "-c", "head -c 100000000 /dev/zero | tail -c 90000000 >/dev/null")
                .memory("16m")
                .start());

    assertThat(container.waitForExit()).isEqualTo(137);
  }

  @Test
  void nothingOfItStays() throws IOException {
    Container container = request("true").start();
    container.waitForExit();
    container.remove(false);

    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(fixture().dataDirectory().toString());
    assertThat(Leaks.cgroups(container.id())).isEmpty();
    assertThat(fixture().dataDirectory().resolve("containers").resolve(container.id()))
        .doesNotExist();
  }
}
