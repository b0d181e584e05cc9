package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.berth.api.Image;
import io.berth.oci.History;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements of the Dockerfile reference (core/DOCKERFILE.md) that no other test shows. */
class ReferenceIT {
  @TempDir Path directory;
  private BuildFixture berth;

  @BeforeEach
  void open() {
    berth = new BuildFixture(directory, "overlay");
    berth.base("etc/passwd", "root:x:0:0::/:/bin/sh\n", "f", "base");
  }

  @AfterEach
  void close() {
    berth.close();
  }

  private static List<String> history(Image image) {
    return image.config().history().stream()
        .map(History::createdBy)
        .flatMap(java.util.Optional::stream)
        .toList();
  }

  @Test
  void predefinedArgumentsChangeNoKeyAndAreInNoHistory() {
    String dockerfile = "FROM base\nRUN write /made x\n";
    Image first = berth.request(dockerfile).arg("HTTP_PROXY", "http://me:secret@one").execute();

    assertThat(berth.ran.get(0).env()).containsEntry("HTTP_PROXY", "http://me:secret@one");
    berth.takeRuns();
    berth.request(dockerfile).arg("HTTP_PROXY", "http://two").execute();
    assertThat(berth.takeRuns()).isEmpty();
    assertThat(history(first)).noneMatch(line -> line.contains("secret"));
    assertThat(berth.warnings()).isEmpty();
  }

  @Test
  void predefinedArgumentsThatAreDeclaredCountAsAnyOther() {
    String dockerfile = "FROM base\nARG HTTP_PROXY\nRUN write /made x\n";
    Image first = berth.request(dockerfile).arg("HTTP_PROXY", "http://one").execute();
    berth.takeRuns();

    berth.request(dockerfile).arg("HTTP_PROXY", "http://two").execute();

    assertThat(berth.takeRuns()).hasSize(1);
    assertThat(history(first)).anyMatch(line -> line.contains("HTTP_PROXY=http://one"));
  }

  @Test
  void stagesInheritTheArgumentsOfTheirBaseStage() {
    berth.build(
        """
        FROM base AS one
        ARG X=given
        FROM one AS two
        RUN write /two ${X}
        FROM base
        COPY --from=two /two /two
        RUN write /three x
        """);

    assertThat(berth.ran).hasSize(2);
    assertThat(berth.ran.get(0).env()).containsEntry("X", "given");
    assertThat(berth.ran.get(1).env()).doesNotContainKey("X");
  }

  @Test
  void anEnvironmentVariableThatHidesAnArgumentKeepsTheCache() {
    String dockerfile = "FROM base\nARG V\nENV V=constant\nRUN write /made x\n";
    berth.request(dockerfile).arg("V", "1").execute();
    berth.takeRuns();

    Image image = berth.request(dockerfile).arg("V", "2").execute();

    assertThat(berth.takeRuns()).isEmpty();
    assertThat(image.config().config().envMap()).containsEntry("V", "constant");
  }

  @Test
  void changesOfAVolumeAreKept() {
    Image image = berth.build("FROM base\nVOLUME /data\nRUN write /data-file x\nRUN write /f y\n");

    assertThat(berth.read(image, "/f")).contains("y");
    assertThat(image.config().config().volumes()).containsExactly("/data");
  }

  @Test
  void namesOfOwnersMustBeInTheImage() {
    berth.write("file", "x");

    for (String owner : List.of("nobody-here", "root:no-group")) {
      assertThatThrownBy(() -> berth.build("FROM base\nCOPY --chown=" + owner + " file /\n"))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("Dockerfile:2");
    }
  }

  @Test
  void aDirectoryIsNotCopiedOntoAFile() {
    berth.write("dir/file", "x");

    assertThatThrownBy(() -> berth.build("FROM base\nCOPY dir /f\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("Dockerfile:2");
    assertThatThrownBy(() -> berth.build("FROM base\nCOPY missing /f\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void triggersCopyFromStagesOfTheLaterBuild() {
    berth.request("FROM base\nONBUILD COPY --from=build /made /app\n").tag("parent").execute();

    Image image = berth.build("FROM base AS build\nRUN write /made app\nFROM parent\n");

    assertThat(berth.read(image, "/app")).contains("app");
    assertThat(image.config().config().onBuild()).isEmpty();
  }

  @Test
  void aTriggerThatFailsFailsTheBuild() {
    berth.request("FROM base\nONBUILD RUN fail 3\n").tag("parent").execute();

    assertThatThrownBy(() -> berth.build("FROM parent\nRUN write /x y\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("3");
    assertThat(berth.takeRuns()).containsExactly("fail 3");
  }

  @Test
  void theLastOfInstructionsThatSetOneThingCounts() {
    Image image =
        berth.build(
            """
            FROM base
            CMD ["one"]
            CMD ["two"]
            ENTRYPOINT ["a"]
            ENTRYPOINT ["b"]
            HEALTHCHECK CMD first
            HEALTHCHECK CMD second
            STOPSIGNAL 9
            STOPSIGNAL SIGQUIT
            CMD ["three"]
            """);

    assertThat(image.config().config().cmd()).containsExactly("three");
    assertThat(image.config().config().entrypoint()).containsExactly("b");
    assertThat(image.config().config().healthcheck().orElseThrow().toString()).contains("second");
    assertThat(image.config().config().stopSignal()).contains("SIGQUIT");
  }

  @Test
  void devicesThatAreRequiredAreMissing() {
    berth.build("FROM base\nRUN --device=vendor.com/gpu=all write /made x\n");
    assertThat(berth.takeRuns()).hasSize(1);

    assertThatThrownBy(
            () -> berth.build("FROM base\nRUN --device=vendor.com/gpu,required write /made x\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("vendor.com/gpu");
  }

  @Test
  void rightsHaveToBeAllowed() {
    Map.of("--network=host", "network.host", "--security=insecure", "security.insecure")
        .forEach(
            (flag, right) -> {
              String dockerfile = "FROM base\nRUN " + flag + " write /made x\n";
              assertThatThrownBy(() -> berth.build(dockerfile))
                  .isInstanceOf(BuildException.class)
                  .hasMessageContaining(right);
              berth.request(dockerfile).allow(right).execute();
            });
    assertThat(berth.takeRuns()).hasSize(2);
  }

  @Test
  void argumentsForBuildKitAreNoMistake() {
    Image image =
        berth
            .request("FROM base\nLABEL a=b\n")
            .arg("BUILDKIT_BUILD_NAME", "x")
            .arg("BUILDKIT_INLINE_CACHE", "1")
            .arg("BUILDKIT_MULTI_PLATFORM", "1")
            .arg("BUILDKIT_SYNTAX", "docker/dockerfile:1")
            .execute();

    assertThat(berth.warnings()).isEmpty();
    assertThat(image.config().config().labels()).containsEntry("a", "b");
  }

  @Test
  void aNamespaceOfCachesIsApart() {
    String dockerfile = "FROM base\nRUN --mount=type=cache,target=/c write /made x\n";
    List<String> mounts = new java.util.ArrayList<>();
    for (String namespace : List.of("", "other", "other")) {
      berth.request(dockerfile).arg("BUILDKIT_CACHE_MOUNT_NS", namespace).noCache().execute();
      mounts.add(berth.ran.get(0).mounts().toString());
      berth.takeRuns();
    }

    assertThat(mounts.get(1)).isEqualTo(mounts.get(2)).isNotEqualTo(mounts.get(0));
  }

  @Test
  void anyFrontendThatSyntaxNamesIsTheBuiltInOne() {
    Image image = berth.build("# syntax=docker/dockerfile:1.99-labs\nFROM base\nLABEL a=b\n");

    assertThat(image.config().config().labels()).containsEntry("a", "b");
  }

  @Test
  void aUrlGivesTheNameAndTheTimeButNotTheKey() throws IOException {
    String[] modified = {"Wed, 21 Oct 2015 07:28:00 GMT"};
    HttpServer server = server();
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Last-Modified", modified[0]);
          exchange.sendResponseHeaders(200, 1);
          exchange.getResponseBody().write('x');
          exchange.close();
        });
    try {
      String dockerfile =
          "FROM base\nADD "
              + url(server)
              + "/a/file /to/\nADD "
              + url(server)
              + "/b /as\n"
              + "RUN write /made x\n";
      Image image = berth.build(dockerfile);
      berth.takeRuns();

      try (var root = berth.open(image)) {
        assertThat(root.stat("/to/file").orElseThrow().mtime())
            .isEqualTo(Instant.parse("2015-10-21T07:28:00Z"));
        assertThat(root.stat("/as").orElseThrow().mode()).isEqualTo(0600);
      }
      modified[0] = "Thu, 22 Oct 2015 07:28:00 GMT";
      berth.build(dockerfile);
      assertThat(berth.takeRuns()).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void secretsSayToAHostWhoAsksAndToNoOther() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server = server();
    HttpServer other = server();
    for (HttpServer each : List.of(server, other)) {
      each.createContext(
          "/",
          exchange -> {
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            String host = exchange.getRequestHeaders().getFirst("Host").replaceFirst(":.*", "");
            asked.add(host + " " + exchange.getRequestURI() + " " + header);
            if (exchange.getRequestURI().getPath().equals("/away")) {
              exchange
                  .getResponseHeaders()
                  .set("Location", "http://localhost:" + other.getAddress().getPort() + "/there");
              exchange.sendResponseHeaders(302, -1);
            } else {
              exchange.sendResponseHeaders(200, 1);
              exchange.getResponseBody().write('x');
            }
            exchange.close();
          });
    }
    try {
      berth
          .request("FROM base\nADD " + url(server) + "/file /1\nADD " + url(server) + "/away /2\n")
          .secret("HTTP_AUTH_TOKEN_127.0.0.1", "t0ken\n".getBytes(StandardCharsets.UTF_8))
          .execute();

      assertThat(asked)
          .containsExactly(
              "127.0.0.1 /file Bearer t0ken",
              "127.0.0.1 /away Bearer t0ken",
              "localhost /there null");
      asked.clear();
      berth
          .request("FROM base\nADD " + url(server) + "/more /3\n")
          .secret("HTTP_AUTH_HEADER_127.0.0.1", "Basic xyz".getBytes(StandardCharsets.UTF_8))
          .execute();
      assertThat(asked).containsExactly("127.0.0.1 /more Basic xyz");
    } finally {
      server.stop(0);
      other.stop(0);
    }
  }

  private static HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void aCommitIsCheckedByItsBeginning() throws Exception {
    Path repository = Files.createDirectory(directory.resolve("repository.git"));
    Files.writeString(repository.resolve("file"), "x");
    git(repository, "init", "--quiet", ".");
    git(repository, "add", ".");
    git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x");
    String commit = git(repository, "rev-parse", "HEAD").strip();
    String url = "file://" + repository;

    Image image =
        berth.build("FROM base\nADD --checksum=" + commit.substring(0, 7) + " " + url + " /r/\n");

    assertThat(berth.read(image, "/r/file")).contains("x");
    assertThat(berth.read(image, "/r/.git/HEAD")).isEmpty();
    assertThatThrownBy(() -> berth.build("FROM base\nADD --checksum=0000000 " + url + " /r/\n"))
        .hasMessageContaining(commit);
  }

  private static String git(Path directory, String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
