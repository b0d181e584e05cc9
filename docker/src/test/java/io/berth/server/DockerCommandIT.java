package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.registry.server.RegistryServer;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The stock docker command, through all that it can do, against the server. */
class DockerCommandIT {
  private static final String IMAGE = "busybox:test";

  @RegisterExtension static final Served SERVED = new Served();

  @TempDir private Path directory;

  private static JsonNode json(String text) {
    return WireJson.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
  }

  @Test
  void agreesOnAVersion() throws Exception {
    assertThat(SERVED.ok("version", "-f", "{{.Server.APIVersion}} {{.Server.MinAPIVersion}}"))
        .isEqualTo("1.55 1.24");
    assertThat(SERVED.ok("info", "-f", "{{.OSType}} {{.Swarm.LocalNodeState}} {{.Driver}}"))
        .startsWith("linux inactive");
  }

  @Test
  void runsContainersWithTheirOutputErrorsAndExitCodes() throws Exception {
    Ran ran = SERVED.docker("run", "--rm", IMAGE, "sh", "-c", "echo out; echo err >&2; exit 7");

    assertThat(ran).isEqualTo(new Ran(7, "out\n", "err\n"));
    assertThat(SERVED.docker("run", "--rm", IMAGE, "nope").code()).isEqualTo(127);
    assertThat(SERVED.docker("run", "--rm", IMAGE, "/etc").code()).isEqualTo(126);
    assertThat(SERVED.docker("run", "--rm", "--cap-add", "NOPE", IMAGE).code()).isEqualTo(125);
    assertThat(SERVED.ok("ps", "-aq")).isEmpty();
  }

  @Test
  void passesInputOnAndItsEnd() throws Exception {
    String much = "line\n".repeat(100_000);

    Ran ran = SERVED.dockerReading(much, "run", "-i", "--rm", IMAGE, "cat");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo(much);
  }

  @Test
  void takesAContainerThroughItsLife() throws Exception {
    String id = SERVED.ok("create", "--name", "life", "-l", "a=b", IMAGE, "sleep", "1000");
    assertThat(SERVED.ok("ps", "-a", "--filter", "label=a=b", "--format", "{{.Names}} {{.State}}"))
        .isEqualTo("life created");
    SERVED.ok("start", "life");
    assertThat(SERVED.ok("ps", "-q", "--no-trunc", "--filter", "name=life")).isEqualTo(id);
    assertThat(SERVED.ok("top", "life")).contains("sleep 1000");
    SERVED.ok("pause", "life");
    assertThat(SERVED.ok("inspect", "-f", "{{.State.Status}}", "life")).isEqualTo("paused");
    SERVED.ok("unpause", "life");
    SERVED.ok("update", "-m", "64m", "--memory-swap", "128m", "life");
    assertThat(SERVED.ok("inspect", "-f", "{{.HostConfig.Memory}}", "life")).isEqualTo("67108864");
    assertThat(SERVED.ok("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "life"))
        .isEqualTo("life 1");
    SERVED.ok("rename", "life", "lives");
    SERVED.ok("restart", "-t", "0", "lives");
    SERVED.ok("kill", "-s", "KILL", "lives");
    assertThat(SERVED.ok("wait", "lives")).isEqualTo("137");
    assertThat(SERVED.docker("rm", "nothere").err()).contains("No such container: nothere");
    SERVED.ok("rm", "lives");
    assertThat(SERVED.docker("start", "lives").code()).isEqualTo(1);
  }

  @Test
  void executesProcesses() throws Exception {
    SERVED.ok("run", "-d", "--name", "ex", IMAGE, "sleep", "1000");

    assertThat(SERVED.docker("exec", "ex", "sh", "-c", "echo o; echo e >&2; exit 3"))
        .isEqualTo(new Ran(3, "o\n", "e\n"));
    assertThat(SERVED.dockerReading("in", "exec", "-i", "ex", "cat").out()).isEqualTo("in");
    assertThat(
            SERVED.ok(
                "exec",
                "-e",
                "A=1",
                "-w",
                "/tmp",
                "-u",
                "nobody",
                "ex",
                "sh",
                "-c",
                "echo $A $PWD $(id -u)"))
        .isEqualTo("1 /tmp 65534");
    assertThat(SERVED.docker("exec", "ex", "nope").code()).isEqualTo(127);
    SERVED.ok("exec", "-d", "ex", "touch", "/made");
    SERVED.ok("rm", "-f", "ex");
  }

  @Test
  void readsAndFollowsLogs() throws Exception {
    SERVED.ok("run", "--name", "logs", IMAGE, "sh", "-c", "echo 1; echo 2; echo 3 >&2");

    assertThat(SERVED.docker("logs", "logs")).isEqualTo(new Ran(0, "1\n2\n", "3\n"));
    assertThat(SERVED.docker("logs", "-n", "1", "logs").err()).isEqualTo("3\n");
    assertThat(SERVED.ok("logs", "-t", "logs")).containsPattern("^\\d{4}-.*Z 1\n\\d{4}-.*Z 2$");
    assertThat(SERVED.docker("logs", "-f", "logs").out()).isEqualTo("1\n2\n");
    assertThat(SERVED.docker("start", "-a", "logs").out()).isEqualTo("1\n2\n");
    SERVED.ok("rm", "logs");
  }

  @Test
  void buildsAndKeepsImages() throws Exception {
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM busybox:test\nARG X=1\nRUN echo built $X > /f\nCOPY a /a\nCMD [\"cat\",\"/f\",\"/a\"]\n");
    Files.writeString(directory.resolve("a"), "copied\n");
    Files.writeString(directory.resolve("bad"), "FROM busybox:test\nRUN exit 3\n");

    String built =
        SERVED.ok(
            "build", "-t", "app:1", "--build-arg", "X=5", "--label", "k=v", directory.toString());

    assertThat(built).contains("Step 3/6 : RUN echo built $X > /f", "Successfully tagged app:1");
    assertThat(SERVED.ok("run", "--rm", "app:1")).isEqualTo("built 5\ncopied");
    // The code of the command that failed, as with docker's classic builder.
    assertThat(SERVED.docker("build", "-f", directory + "/bad", directory.toString()).code())
        .isEqualTo(3);
    assertThat(SERVED.ok("history", "-q", "app:1").lines().count()).isGreaterThan(3);
    SERVED.ok("tag", "app:1", "app:2");
    assertThat(SERVED.ok("images", "--format", "{{.Repository}}:{{.Tag}}", "app"))
        .contains("app:1", "app:2");
    assertThat(SERVED.ok("image", "inspect", "-f", "{{.Config.Labels.k}}", "app:2")).isEqualTo("v");
    Path archive = directory.resolve("app.tar");
    SERVED.ok("save", "-o", archive.toString(), "app:1");
    assertThat(SERVED.ok("rmi", "app:1", "app:2")).contains("Untagged: app:1", "Deleted: sha256:");
    assertThat(SERVED.ok("load", "-i", archive.toString())).isEqualTo("Loaded image: app:1");
    assertThat(SERVED.ok("run", "--rm", "app:1")).startsWith("built 5");
    SERVED.ok("rmi", "app:1");
    assertThat(SERVED.ok("image", "prune", "-f")).contains("Total reclaimed space");
    SERVED.ok("builder", "prune", "-f");
  }

  @Test
  void buildsOnAnImageThatNeedsAPassword() throws Exception {
    try (RegistryServer registry =
        RegistryServer.builder()
            .directory(directory.resolve("registry"))
            .basicAuth("friend", "pass")
            .start()) {
      String name = registry.address() + "/private:1";
      String config = directory.resolve("config").toString();
      SERVED.ok("--config", config, "login", "-u", "friend", "-p", "pass", registry.address());
      SERVED.ok("tag", IMAGE, name);
      SERVED.ok("--config", config, "push", "-q", name);
      SERVED.ok("rmi", name);
      Path context = Files.createDirectory(directory.resolve("context"));
      Files.writeString(context.resolve("Dockerfile"), "FROM " + name + "\nLABEL k=v\n");

      assertThat(SERVED.docker("build", context.toString()).err()).contains("credentials");
      SERVED.ok("--config", config, "build", "-t", "guarded", context.toString());

      assertThat(SERVED.ok("image", "inspect", "-f", "{{.Config.Labels.k}}", "guarded"))
          .isEqualTo("v");
      SERVED.ok("rmi", "guarded", name);
    }
  }

  @Test
  void copiesComparesExportsCommitsAndImports() throws Exception {
    Files.writeString(directory.resolve("f"), "text");
    SERVED.ok("create", "--name", "files", IMAGE, "sh");

    SERVED.ok("cp", directory.resolve("f").toString(), "files:/tmp/");
    SERVED.ok("cp", "files:/tmp/f", directory.resolve("back").toString());

    assertThat(directory.resolve("back")).hasContent("text");
    assertThat(SERVED.ok("diff", "files")).contains("A /tmp/f");
    Ran missing = SERVED.docker("cp", "files:/nope", directory.toString());
    assertThat(missing.err()).contains("Could not find the file /nope in container files");
    SERVED.ok("commit", "-m", "why", "-c", "CMD [\"cat\", \"/tmp/f\"]", "files", "committed");
    assertThat(SERVED.ok("run", "--rm", "committed")).isEqualTo("text");
    Path archive = directory.resolve("root.tar");
    SERVED.ok("export", "-o", archive.toString(), "files");
    SERVED.ok("import", "-c", "CMD [\"cat\", \"/tmp/f\"]", archive.toString(), "imported:1");
    assertThat(SERVED.ok("run", "--rm", "imported:1")).isEqualTo("text");
    SERVED.ok("rm", "files");
    SERVED.ok("rmi", "committed", "imported:1");
  }

  @Test
  void connectsContainers() throws Exception {
    SERVED.ok("network", "create", "--label", "x=y", "front");
    SERVED.ok(
        "run",
        "-d",
        "--name",
        "web",
        "--network",
        "front",
        "--network-alias",
        "site",
        "-p",
        "127.0.0.1::80",
        IMAGE,
        "sh",
        "-c",
        "echo page > /index.html; httpd -f -p 80 -h /");

    String page =
        SERVED.ok(
            "run",
            "--rm",
            "--network",
            "front",
            IMAGE,
            "sh",
            "-c",
            "for i in $(seq 100); do wget -qO- http://site/ && break; sleep 0.2; done");

    assertThat(page).isEqualTo("page");
    assertThat(SERVED.ok("port", "web", "80")).startsWith("127.0.0.1:");
    JsonNode network = json(SERVED.ok("network", "inspect", "front")).get(0);
    assertThat(network.at("/Containers").elements().next().get("Name").asText()).isEqualTo("web");
    assertThat(SERVED.ok("network", "ls", "-q", "--filter", "label=x=y")).hasSize(12);
    SERVED.ok("network", "connect", "bridge", "web");
    assertThat(SERVED.ok("inspect", "-f", "{{json .NetworkSettings.Networks}}", "web"))
        .contains("\"bridge\"", "\"front\"");
    SERVED.ok("network", "disconnect", "bridge", "web");
    assertThat(SERVED.docker("network", "rm", "front").err()).contains("has active endpoints");
    SERVED.ok("rm", "-f", "web");
    SERVED.ok("network", "rm", "front");
    SERVED.ok("network", "prune", "-f");
  }

  @Test
  void keepsVolumes() throws Exception {
    SERVED.ok("volume", "create", "--label", "x=y", "data");
    SERVED.ok("run", "--rm", "-v", "data:/d", IMAGE, "sh", "-c", "echo kept > /d/f");

    assertThat(SERVED.ok("run", "--rm", "-v", "data:/d:ro", IMAGE, "cat", "/d/f"))
        .isEqualTo("kept");
    assertThat(SERVED.ok("volume", "ls", "-q", "--filter", "label=x=y")).isEqualTo("data");
    assertThat(json(SERVED.ok("volume", "inspect", "data")).get(0).get("Driver").asText())
        .isEqualTo("local");
    SERVED.ok("create", "--name", "user", "-v", "data:/d", IMAGE);
    assertThat(SERVED.docker("volume", "rm", "data").err()).contains("volume is in use");
    SERVED.ok("rm", "user");
    SERVED.ok("volume", "rm", "data");
    SERVED.ok("volume", "prune", "-af");
  }

  @Test
  void tellsWhatHappensAndWhatTakesSpace() throws Exception {
    SERVED.ok("run", "--rm", "--name", "happens", IMAGE, "true");

    long now = Instant.now().getEpochSecond();
    String events =
        SERVED.ok(
            "events",
            "--since",
            String.valueOf(now - 60),
            "--until",
            String.valueOf(now + 1),
            "--filter",
            "container=happens",
            "--format",
            "{{.Action}}");

    assertThat(events.lines()).contains("create", "start", "die", "destroy");
    assertThat(SERVED.ok("system", "df")).contains("Images", "Build Cache");
    assertThat(SERVED.ok("system", "df", "-v")).contains("busybox");
    assertThat(SERVED.ok("system", "prune", "-f")).contains("Total reclaimed space");
  }

  @Test
  void saysWhatItHasNot() throws Exception {
    assertThat(SERVED.docker("node", "ls").err()).contains("This node is not a swarm manager");
    assertThat(SERVED.docker("swarm", "leave").err()).contains("not part of a swarm");
    assertThat(SERVED.ok("plugin", "ls")).startsWith("ID");
    assertThat(SERVED.docker("plugin", "rm", "x").err()).contains("plugin \"x\" not found");
    assertThat(SERVED.docker("pull", "localhost:1/x").code()).isEqualTo(1);
    assertThat(SERVED.docker("push", "localhost:1/x").code()).isEqualTo(1);
    assertThat(SERVED.docker("login", "-u", "a", "-p", "b", "localhost:1").code()).isEqualTo(1);
    assertThat(SERVED.docker("search", "localhost:1/x").code()).isEqualTo(1);
  }
}
