package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Wait;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command with real containers. */
class CliIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  /** What says where the engine is; nothing for the one of this process. */
  static final Map<String, String> ENVIRONMENT = new ConcurrentHashMap<>();

  @TempDir Path temp;

  /** What a command gave back. */
  private record Result(int code, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static Result berth(String... args) {
    return berthWith(new byte[0], args);
  }

  private static Result berthWith(byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    Session session =
        new Session(
            console,
            root -> FIXTURE.open(FIXTURE.dataDirectory()),
            Clock.systemUTC(),
            Map.copyOf(ENVIRONMENT),
            false);
    int code = new Cli(session).run(args);
    return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** The output of a command that goes well. */
  private static String ok(String... args) {
    Result result = berth(args);
    assertThat(result.code()).as("%s: %s", String.join(" ", args), result.err()).isZero();
    return result.out();
  }

  private static String running(String name) {
    String id =
        ok(
                "run",
                "-d",
                "--name",
                name,
                TestEngine.IMAGE,
                "sh",
                "-c",
                "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done")
            .strip();
    FIXTURE.engine().containers().get(id).waitFor(Wait.forLog("ready"));
    return id;
  }

  @Test
  void runShowsTheOutputAndGivesTheExitCode() {
    for (int i = 0; i < 10; i++) {
      Result result =
          berth("run", "--rm", TestEngine.IMAGE, "sh", "-c", "echo out; echo err >&2; exit 7");

      assertThat(result.code()).isEqualTo(7);
      assertThat(result.out()).isEqualTo("out\n");
      assertThat(result.err()).isEqualTo("err\n");
    }
    assertThat(FIXTURE.engine().containers().list()).isEmpty();
  }

  @Test
  void runPassesItsInputOnByteByByte() {
    byte[] input = new byte[100_000];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) (i * 31 >> 3);
    }

    Result result = berthWith(input, "run", "--rm", "-i", TestEngine.IMAGE, "cat");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.bytes()).isEqualTo(input);
  }

  @Test
  void runOfACommandThatIsNotThereLeavesTheContainerUnlessItIsRemoved() {
    assertThat(berth("run", "--name", "missing", TestEngine.IMAGE, "/missing").code())
        .isEqualTo(127);
    assertThat(ok("rm", "missing")).isEqualTo("missing\n");
    assertThat(berth("run", "--rm", "--name", "m2", TestEngine.IMAGE, "/missing").code())
        .isEqualTo(127);
    assertThat(berth("rm", "m2").code()).isEqualTo(1);
  }

  @Test
  void execRunsInAContainer() {
    running("exec");

    assertThat(ok("exec", "-e", "A=b", "-w", "/tmp", "exec", "sh", "-c", "echo $A $PWD"))
        .isEqualTo("b /tmp\n");
    assertThat(berthWith("in".getBytes(StandardCharsets.UTF_8), "exec", "-i", "exec", "cat").out())
        .isEqualTo("in");
    assertThat(berth("exec", "exec", "sh", "-c", "exit 9").code()).isEqualTo(9);
    assertThat(berth("exec", "exec", "/missing").code()).isEqualTo(127);
    assertThat(berth("exec", "exec", "/etc").code()).isEqualTo(126);
    ok("rm", "-f", "exec");
  }

  @Test
  void aContainerGoesThroughItsLife() {
    String id = running("life");

    assertThat(ok("ps", "--no-trunc")).contains(id, "Up ");
    ok("pause", "life");
    assertThat(ok("ps")).contains("(Paused)");
    ok("unpause", "life");
    assertThat(ok("logs", "-n", "1", "life")).isEqualTo("ready\n");
    assertThat(ok("top", "life")).contains("PID", "sleep");
    assertThat(ok("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "life"))
        .matches("life [1-9]\n");
    ok("rename", "life", "later");
    ok("update", "-m", "64m", "later");
    assertThat(ok("stop", "later")).isEqualTo("later\n");
    assertThat(ok("wait", "later")).isEqualTo("4\n");
    assertThat(ok("logs", "-f", "later")).isEqualTo("ready\n");
    assertThat(ok("events", "--since", "1h", "--until", "0s", "-f", "container=" + id))
        .contains("container create", "container start", "container pause", "container die");
    assertThat(ok("rm", "later")).isEqualTo("later\n");
  }

  @Test
  void startAttachedGivesTheExitCode() {
    ok("create", "--name", "twice", TestEngine.IMAGE, "sh", "-c", "echo once more; exit 3");

    Result first = berth("start", "-a", "twice");
    Result second = berth("start", "-a", "twice");

    assertThat(first.code()).isEqualTo(3);
    assertThat(first.out()).isEqualTo("once more\n");
    assertThat(second).usingRecursiveComparison().isEqualTo(first);
    ok("rm", "twice");
  }

  @Test
  void filesGoInAndOut() throws IOException {
    running("files");
    Path file = Files.writeString(temp.resolve("file"), "content\n");

    ok("cp", file.toString(), "files:/tmp/copied");
    ok("cp", "files:/tmp/copied", temp.resolve("back").toString());

    assertThat(temp.resolve("back")).hasContent("content\n");
    assertThat(ok("diff", "files")).contains("C /tmp\n", "A /tmp/copied\n");
    assertThat(ok("commit", "-m", "more", "-c", "CMD [\"cat\", \"/tmp/copied\"]", "files", "cat:1"))
        .startsWith("sha256:");
    assertThat(ok("run", "--rm", "cat:1")).isEqualTo("content\n");
    assertThat(ok("history", "--format", "{{.Comment}}", "cat:1")).startsWith("more\n");
    Path tar = temp.resolve("files.tar");
    ok("export", "-o", tar.toString(), "files");
    assertThat(ok("import", tar.toString(), "flat:1")).startsWith("sha256:");
    assertThat(ok("run", "--rm", "flat:1", "cat", "/tmp/copied")).isEqualTo("content\n");
    ok("rm", "-f", "files");
    ok("rmi", "cat:1", "flat:1");
  }

  @Test
  void imagesAreSavedAndLoaded() {
    Path archive = temp.resolve("image.tar");
    ok("tag", TestEngine.IMAGE, "saved:1");

    ok("save", "-o", archive.toString(), "saved:1");
    ok("rmi", "saved:1");

    assertThat(ok("load", "-q", "-i", archive.toString())).isEqualTo("Loaded image: saved:1\n");
    assertThat(ok("images", "saved")).contains("saved", "1");
    ok("rmi", "saved:1");
  }

  @Test
  void volumesKeepWhatContainersWrite() {
    assertThat(ok("volume", "create", "--label", "a=b", "data")).isEqualTo("data\n");
    ok("run", "--rm", "-v", "data:/data", TestEngine.IMAGE, "sh", "-c", "echo kept >/data/file");

    assertThat(
            ok("run", "--rm", "--mount", "src=data,dst=/d,ro", TestEngine.IMAGE, "cat", "/d/file"))
        .isEqualTo("kept\n");
    assertThat(ok("volume", "ls", "-f", "label=a=b", "--format", "{{.Name}} {{.Driver}}"))
        .isEqualTo("data local\n");
    assertThat(ok("volume", "rm", "data")).isEqualTo("data\n");
    assertThat(ok("volume", "ls", "-q")).isEmpty();
  }

  @Test
  void containersOfANetworkReachEachOtherByName() {
    String network = "cli-" + ProcessHandle.current().pid();
    ok("network", "create", "--label", "x", network);
    ok(
        "run",
        "-d",
        "--name",
        "web",
        "--network",
        network,
        "-p",
        "127.0.0.1::80",
        TestEngine.IMAGE,
        "sh",
        "-c",
        "echo page >/index.html; exec httpd -f -p 80 -h /");

    assertThat(ok("network", "ls", "-f", "label=x", "--format", "{{.Name}} {{.Driver}}"))
        .isEqualTo(network + " bridge\n");
    assertThat(ok("port", "web", "80")).startsWith("127.0.0.1:");
    assertThat(ok("ps", "-f", "network=" + network, "--format", "{{.Ports}}"))
        .endsWith("->80/tcp\n");
    assertThat(
            ok(
                "run",
                "--rm",
                "--network",
                network,
                TestEngine.IMAGE,
                "sh",
                "-c",
                "for i in $(seq 100); do printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc web 80 && exit; sleep 0.2; done"))
        .contains("page\n");
    ok("rm", "-f", "web");
    ok("network", "rm", network);
  }

  @Test
  void inspectShowsWhatDockerShows() {
    ok("create", "--name", "seen", "-l", "a=b", "-m", "64m", TestEngine.IMAGE, "true");

    assertThat(ok("inspect", "-f", "{{.Name}} {{.Config.Labels.a}} {{.HostConfig.Memory}}", "seen"))
        .isEqualTo("/seen b 67108864\n");
    assertThat(ok("image", "inspect", "-f", "{{json .RepoTags}}", TestEngine.IMAGE))
        .isEqualTo("[\"" + TestEngine.IMAGE + "\"]\n");
    assertThat(ok("network", "inspect", "-f", "{{.Driver}}", "none")).isEqualTo("null\n");
    assertThat(ok("inspect", "seen")).startsWith("[").contains("\"HostConfig\"");
    Result missing = berth("inspect", "nothing");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).isEqualTo("Error: No such object: nothing\n");
    ok("rm", "seen");
  }

  @Test
  void whatIsNotUsedIsPruned() {
    ok("run", "--name", "gone", TestEngine.IMAGE, "true");

    assertThat(ok("system", "df")).contains("Images", "Containers", "Local Volumes", "Build Cache");
    assertThat(ok("container", "prune", "-f", "--filter", "label=none")).contains("0B");
    assertThat(ok("container", "prune", "-f")).contains("Deleted Containers:");
    assertThat(ok("container", "ls", "-aq", "-f", "name=gone")).isEmpty();
  }
}
