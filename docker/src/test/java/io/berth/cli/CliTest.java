package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.LaunchException;
import io.berth.api.Logs;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.NotFoundException;
import io.berth.volume.MountGrammar;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String ID = "0123456789abcdef".repeat(4);

  private final FakeEngine engine = new FakeEngine();
  private final List<Optional<Path>> opened = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int berth(String... args) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    Session session =
        new Session(
            console,
            root -> {
              opened.add(root);
              return engine.engine();
            },
            Clock.fixed(NOW, ZoneOffset.UTC),
            Map.of("HOME", "/root"),
            false);
    return new Cli(session).run(args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private FakeContainer container(String name, ContainerState state, String... command) {
    FakeContainer container = new FakeContainer(name, state, command);
    engine.containers.add(container.container());
    return container;
  }

  private static ContainerState exited(int code) {
    Instant finished = NOW.minusSeconds(5);
    return new ContainerState(
        Status.EXITED,
        NOW.minusSeconds(90),
        Optional.of(finished),
        Optional.of(finished),
        Optional.of(code),
        false,
        0,
        "",
        Optional.empty());
  }

  private static ContainerState running() {
    return new ContainerState(
        Status.RUNNING,
        NOW.minusSeconds(7200),
        Optional.of(NOW.minusSeconds(300)),
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        "",
        Optional.empty());
  }

  @Test
  void runTakesDockersOptionsAndLeavesThoseOfTheCommand() {
    FakeContainer container = new FakeContainer("c", running());
    container.exitCode = 42;
    engine.answers.put("CreateRequest.create", container.container());

    int code =
        berth(
            "--root",
            "/data",
            "run",
            "--name",
            "c",
            "-e",
            "A=1",
            "-eHOME",
            "--env",
            "UNSET",
            "-w",
            "/w",
            "-u",
            "1:2",
            "-h",
            "host",
            "--rm",
            "-v",
            "/a:/b:ro",
            "--network",
            "host",
            "-m",
            "64m",
            "--cpus=1.5",
            "--pids-limit",
            "10",
            "--read-only",
            "--cap-add",
            "NET_ADMIN",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
            "--security-opt",
            "seccomp=unconfined",
            "--ulimit",
            "nofile=1:2",
            "--sysctl",
            "net.x=1",
            "-l",
            "l",
            "--entrypoint",
            "sh",
            "busybox",
            "-c",
            "ls -l",
            "--rm");

    assertThat(code).isEqualTo(42);
    assertThat(opened).containsExactly(Optional.of(Path.of("/data")));
    assertThat(engine.closed).isTrue();
    assertThat(engine.calls)
        .startsWith("find[busybox]", "create[busybox]")
        .contains(
            "name[c]",
            "command[[-c, ls -l, --rm]]",
            "entrypoint[[sh]]",
            "env[A, 1]",
            "env[HOME, /root]",
            "workdir[/w]",
            "user[1:2]",
            "hostname[host]",
            "autoRemove[true]",
            "mount[" + MountGrammar.volume("/a:/b:ro") + "]",
            "network[host]",
            "readOnlyRoot[true]",
            "capAdd[NET_ADMIN]",
            "capDrop[ALL]",
            "noNewPrivileges[true]",
            "seccomp[false]",
            "ulimit[nofile, 1, 2]",
            "sysctl[net.x, 1]",
            "label[l, ]",
            "detached[true]")
        .noneMatch(call -> call.contains("UNSET") || call.startsWith("stdin"))
        .anyMatch(
            call ->
                call.startsWith("resources[")
                    && call.contains("memory=Optional[67108864]")
                    && call.contains("nanoCpus=Optional[1500000000]")
                    && call.contains("pids=Optional[10]"))
        .endsWith("create[]");
    assertThat(container.calls).containsExactly("attach", "start");
    assertThat(err()).isEqualTo("WARNING: no cpuset\n");
  }

  @Test
  void runDetachedPrintsTheId() {
    engine.answers.put("CreateRequest.create", new FakeContainer("c", running()).container());

    assertThat(berth("run", "-d", "busybox")).isZero();

    assertThat(out()).isEqualTo(ID + "\n");
    assertThat(engine.calls).contains("detached[true]").doesNotContain("command[[]]");
  }

  @Test
  void runInteractiveGivesItsInput() {
    FakeContainer container = new FakeContainer("c", running());
    engine.answers.put("CreateRequest.create", container.container());

    assertThat(berth("run", "-i", "busybox", "cat")).isZero();

    assertThat(engine.calls).contains("openStdin[true]");
    assertThat(container.calls).containsExactly("stdin", "attach", "start");
  }

  @ParameterizedTest
  @CsvSource({"exec, 2, 127", "exec, 13, 126", "mount, 2, 125"})
  void runsOwnErrorsHaveDockersExitCodes(String stage, int errno, int code) {
    engine.answers.put("CreateRequest.create", new LaunchException("c", stage, "/x", errno, ""));

    assertThat(berth("run", "busybox")).isEqualTo(code);

    assertThat(err())
        .isEqualTo(
            "berth: Cannot start container c: " + stage + " /x: " + Errno.describe(errno) + "\n");
    assertThat(engine.closed).isTrue();
  }

  @Test
  void runOfAnUnknownImageExitsWith125() {
    engine.answers.put("Containers.create", new NotFoundException("No such image: x\n(in /d)"));

    assertThat(berth("run", "x")).isEqualTo(125);

    assertThat(err()).isEqualTo("berth: No such image: x; (in /d)\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run --network container: x",
        "run -v /a:/x:huh x",
        "run --mount type=huh x",
        "run --security-opt other=x x",
        "run -d -a stdout x",
        "run --restart sometimes x",
        "run --rm --restart always x",
        "run --pull now x",
        "run --log-driver syslog x",
        "run --memory much x",
        "run --env-file /nonexistent x",
        "run --cpus many x",
        "run --foo x",
        "ps --foo"
      })
  void wrongOptionsExitWith125(String line) {
    assertThat(berth(line.split(" "))).isEqualTo(125);

    assertThat(err()).startsWith("berth: ");
    assertThat(engine.calls).doesNotContain("start[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "foo", "run", "tag a", "tag a b c", "rm", "logs"})
  void wrongNumbersOfArgumentsExitWith1(String line) {
    assertThat(berth(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(1);

    assertThat(err()).startsWith("berth: ").contains("--help");
    assertThat(opened).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attach",
        "build",
        "commit",
        "completion",
        "cp",
        "create",
        "diff",
        "events",
        "exec",
        "export",
        "history",
        "images",
        "import",
        "info",
        "kill",
        "load",
        "logs",
        "pause",
        "port",
        "ps",
        "pull",
        "push",
        "rename",
        "restart",
        "rm",
        "rmi",
        "run",
        "save",
        "search",
        "start",
        "stats",
        "stop",
        "tag",
        "top",
        "unpause",
        "update",
        "version",
        "wait"
      })
  void everyCommandHasHelp(String command) {
    assertThat(berth(command, "--help")).isZero();

    assertThat(out()).startsWith("Usage:  berth " + command).contains("--help");
    assertThat(opened).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"container", "image", "network", "volume", "system", "builder"})
  void groupsListTheirCommands(String group) {
    assertThat(berth(group, "--help")).isZero();
    assertThat(out()).contains("Commands:", "prune");
    out.reset();
    assertThat(berth(group, "prune", "--help")).isZero();
    assertThat(out()).startsWith("Usage:  berth " + group + " prune");
    assertThat(berth(group)).isEqualTo(1);
  }

  @Test
  void completionKnowsAllCommands() {
    assertThat(berth("completion")).isZero();

    assertThat(out()).contains("complete -F", "unpause", "--network-alias", "prune");
  }

  @Test
  void psIsATable() {
    container("done", exited(3), "sh", "-c", "while true; do sleep 1; done");

    assertThat(berth("ps", "-a")).as(this::err).isZero();

    assertThat(out())
        .isEqualTo(
            """
            CONTAINER ID   IMAGE     COMMAND                  CREATED              STATUS                     PORTS     NAMES
            0123456789ab   busybox   "sh -c while true; d…"   About a minute ago   Exited (3) 5 seconds ago             done
            """);
    out.reset();
    assertThat(berth("ps", "--format", "{{.Names}} {{.State}}")).isZero();
    assertThat(out()).isEmpty();
    assertThat(berth("ps", "-f", "status=exited", "--format", "{{.Names}} {{.State}}")).isZero();
    assertThat(out()).isEqualTo("done exited\n");
  }

  @Test
  void psShowsAllWhenAsked() {
    container("done", exited(3), "true");

    assertThat(berth("ps", "-a")).as(this::err).isZero();
    assertThat(out()).contains("About a minute ago   Exited (3) 5 seconds ago             done\n");
    out.reset();
    assertThat(berth("ps", "-aq", "--no-trunc")).isZero();
    assertThat(out()).isEqualTo(ID + "\n");
  }

  @Test
  void logsKeepTheirStreamsAndShowTheLastLines() {
    FakeContainer container = container("c", exited(0));
    container.logs =
        new Logs(
            List.of(
                new Logs.Entry(NOW, false, "one\n"),
                new Logs.Entry(NOW, true, "bad\n"),
                new Logs.Entry(NOW, false, "two-"),
                new Logs.Entry(NOW, false, "parts\n")));

    assertThat(berth("logs", "c")).isZero();
    assertThat(out()).isEqualTo("one\ntwo-parts\n");
    assertThat(err()).isEqualTo("bad\n");

    out.reset();
    assertThat(berth("logs", "-ft", "--tail", "1", "--since", "10m", "c")).isZero();
    assertThat(out())
        .isEqualTo(
            """
            2026-01-02T03:04:05.000000000Z one
            2026-01-02T03:04:05.000000000Z two-parts
            """);
    assertThat(container.calls)
        .containsExactly("stream", "tail 1", "since 2026-01-02T02:54:05Z", "follow");
  }

  @Test
  void commandsOnSeveralContainersGoOnAfterAnError() {
    FakeContainer container = container("c", running());

    assertThat(berth("stop", "-t", "3", "missing", "c")).isEqualTo(1);
    assertThat(berth("kill", "-s", "USR1", "c")).isZero();
    assertThat(berth("rm", "-f", "c", "missing")).isZero();

    assertThat(container.calls).containsExactly("stop PT3S", "kill USR1", "remove true false");
    assertThat(out()).isEqualTo("c\nc\nc\n");
    assertThat(err()).isEqualTo("berth: No such container: missing\n".repeat(2));
  }

  @Test
  void waitPrintsTheExitCode() {
    container("c", exited(5)).exitCode = 5;

    assertThat(berth("wait", "c")).isZero();

    assertThat(out()).isEqualTo("5\n");
  }

  @Test
  void buildPassesItsOptions() {
    engine.answers.put("BuildRequest.execute", new ConflictException("stopped here"));

    int code =
        berth(
            "build",
            "-t",
            "a:1",
            "-t",
            "b",
            "-f",
            "D",
            "--build-arg",
            "X=1",
            "--build-arg",
            "HOME",
            "--label",
            "l=v",
            "--target",
            "t",
            "--no-cache",
            "--network",
            "host",
            "-q",
            "dir");

    assertThat(code).isEqualTo(1);
    assertThat(engine.calls)
        .containsSubsequence(
            "build[Directory[path=dir]]",
            "file[D]",
            "tag[a:1]",
            "tag[b]",
            "arg[X, 1]",
            "arg[HOME, /root]",
            "label[l, v]",
            "target[t]",
            "noCache[]",
            "network[host]",
            "execute[]");
  }

  @Test
  void rmiPrintsWhatWasDone() {
    engine.answers.put("Images.remove", List.of("Untagged: a:1", "Deleted: sha256:1"));

    assertThat(berth("rmi", "-f", "a:1")).isZero();

    assertThat(engine.calls).containsExactly("remove[a:1, true]");
    assertThat(out()).isEqualTo("Untagged: a:1\nDeleted: sha256:1\n");
  }

  @Test
  void infoAndVersionSayWhatIsHere() {
    container("c", running());

    assertThat(berth("info")).isZero();
    assertThat(berth("version")).isZero();

    assertThat(out()).contains("Data Directory: /data", " Running: 1", "Berth\n Version:  0.");
    assertThat(err()).isEqualTo("WARNING: no overlay\n");
  }
}
