package io.berth.server.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.server.Ran;
import io.berth.server.Served;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The stock docker command with the plugin buildx, as docker.com installs it. */
class BuildxIT {
  @RegisterExtension static final Served SERVED = new Served();

  @TempDir private Path directory;
  private Path context;
  private Buildx docker;

  @BeforeEach
  void findPlugin() throws Exception {
    context = Files.createDirectory(directory.resolve("context"));
    docker =
        Buildx.with(Files.createDirectory(directory.resolve("config")), SERVED.host(), "buildx");
  }

  private void dockerfile(String text) throws Exception {
    Files.writeString(context.resolve("Dockerfile"), text);
  }

  @Test
  void buildsADirectory() throws Exception {
    dockerfile("FROM busybox:test\nARG who\nCOPY hello /\nRUN echo \"$(cat /hello) of $who\"");
    Files.writeString(context.resolve("hello"), "words");

    String first =
        docker.ok("build", "-t", "words:1", "--build-arg", "who=buildx", context.toString());
    String second =
        docker.ok("build", "-t", "words:1", "--build-arg", "who=buildx", context.toString());

    assertThat(first)
        .contains("[internal] load build context", "words of buildx", "docker.io/library/words:1");
    assertThat(second).contains("CACHED").doesNotContain("words of buildx");
    assertThat(SERVED.ok("run", "--rm", "words:1", "cat", "/hello")).isEqualTo("words");
  }

  @Test
  void showsWhereADockerfileFails() throws Exception {
    dockerfile("FROM busybox:test\nRUN echo before; exit 9\n");

    Ran ran = docker.run("", "build", "-t", "failed", context.toString());

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("before", "exit code 9");
    assertThat(SERVED.ok("images", "-q", "failed")).isEmpty();
  }

  @Test
  void givesTheImageWhereItIsAskedFor() throws Exception {
    dockerfile("FROM busybox:test\nRUN touch /f\n");
    Path id = directory.resolve("id");

    String quiet = docker.ok("build", "-q", "--iidfile", id.toString(), context.toString()).strip();

    assertThat(quiet).isEqualTo(Files.readString(id)).startsWith("sha256:");
    assertThat(SERVED.ok("image", "inspect", "-f", "{{.Id}}", quiet)).isEqualTo(quiet);
  }

  @Test
  void lendsSecretsAndContexts() throws Exception {
    dockerfile(
        "FROM base\n"
            + "COPY --from=other f /\n"
            + "RUN --mount=type=secret,id=s tr a-z A-Z < /run/secrets/s; cat /f; grep x /etc/hosts");
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("f"), "of another context\n");
    Path secret = Files.writeString(directory.resolve("secret"), "sesame\n");

    String out =
        docker.ok(
            "build",
            "--build-context=other=" + other,
            "--build-context=base=docker-image://busybox:test",
            "--secret=id=s,src=" + secret,
            "--add-host=x:10.1.2.3",
            "--network=none",
            context.toString());

    assertThat(out).contains("SESAME", "of another context", "10.1.2.3");
  }

  @Test
  void givesArchivesAndFiles() throws Exception {
    dockerfile("FROM scratch\nCOPY d /d\n");
    Files.writeString(Files.createDirectory(context.resolve("d")).resolve("f"), "content");
    Path archive = directory.resolve("image.tar");
    Path files = directory.resolve("files");

    docker.ok("build", "-t", "sent", "-o", "type=docker,dest=" + archive, context.toString());
    docker.ok("build", "-o", files.toString(), context.toString());

    assertThat(SERVED.ok("images", "-q", "sent")).isEmpty();
    assertThat(SERVED.ok("load", "-i", archive.toString())).contains("sent:latest");
    assertThat(files.resolve("d/f")).hasContent("content");
  }

  @Test
  void bakesTargetsThatBuildOnEachOther() throws Exception {
    Files.writeString(
        context.resolve("docker-bake.json"),
        """
        {"group": {"default": {"targets": ["one", "two"]}},
         "target": {
          "one": {"dockerfile-inline": "FROM busybox:test\\nCOPY docker-bake.json /one"},
          "two": {"contexts": {"base": "target:one"}, "tags": ["baked"],
                  "dockerfile-inline": "FROM base\\nCOPY docker-bake.json /two"}}}
        """);

    docker.ok(
        "buildx",
        "bake",
        "--allow=fs.read=" + context,
        "-f",
        context.resolve("docker-bake.json").toString(),
        "--set",
        "*.context=" + context);

    assertThat(SERVED.ok("run", "--rm", "baked", "ls", "/one", "/two")).isEqualTo("/one\n/two");
  }

  @Test
  void tellsOfItselfAndOfItsCache() throws Exception {
    assertThat(docker.ok("buildx", "inspect")).contains("running", "linux/");
    assertThat(docker.ok("buildx", "ls")).contains("default");
    assertThat(docker.ok("buildx", "du")).contains("Total:");
    assertThat(docker.ok("buildx", "prune", "-f")).contains("Total");
  }

  @Test
  void checksADockerfileWithoutBuildingIt() throws Exception {
    dockerfile("FROM busybox:test as lower\nRUN exit 1\n");

    Ran ran = docker.run("", "build", "--check", context.toString());

    assertThat(ran.code()).isNotZero();
    assertThat(ran.out() + ran.err()).contains("FromAsCasing");
  }
}
