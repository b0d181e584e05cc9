package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.berth.api.BuildResult;
import io.berth.api.ContextSource;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.dockerfile.LintWarning;
import io.berth.error.BerthException;
import io.berth.image.TestImages;
import io.berth.json.Json;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where builds take files from, and what they give besides an image. */
class BuildSourcesIT {
  @TempDir Path directory;
  private BuildFixture berth;

  @BeforeEach
  void open() {
    berth = new BuildFixture(directory, "overlay");
    berth.base("f", "base");
  }

  @AfterEach
  void close() {
    berth.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void contextMayBeATarOrNothingButADockerfile() {
    byte[] tar = TestImages.tar("Dockerfile", "FROM base\nCOPY a /a\n", "a", "in the tar");

    Image image = build(ContextSource.tar(new ByteArrayInputStream(tar)));
    Image alone = build(ContextSource.tar(new ByteArrayInputStream(bytes("FROM base\nENV A=b\n"))));

    assertThat(berth.read(image, "/a")).contains("in the tar");
    assertThat(alone.config().config().envMap()).containsEntry("A", "b");
    assertThatThrownBy(() -> build(ContextSource.tar(new ByteArrayInputStream(new byte[0]))))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("neither a tar nor a Dockerfile");
  }

  private Image build(ContextSource source) {
    return berth.images.build(source).progress(berth.events::add).execute();
  }

  @Test
  void namedContextsTakeThePlaceOfImagesAndStages() {
    berth.write("other/x", "from a directory");

    Image image =
        berth
            .request(
                """
                FROM base AS stage
                RUN write /x stage
                FROM other AS files
                FROM base
                COPY --from=memory y /y
                COPY --from=stage x /replaced
                COPY --from=files x /first
                COPY --from=alias f /f
                """)
            .buildContext("other", ContextSource.directory(berth.context.resolve("other")))
            .buildContext("stage", ContextSource.directory(berth.context.resolve("other")))
            .buildContext("memory", ContextSource.files(Map.of("y", bytes("in memory"))))
            .buildContext("alias", ContextSource.image("base"))
            .execute();

    assertThat(berth.read(image, "/y")).contains("in memory");
    assertThat(berth.read(image, "/replaced")).contains("from a directory");
    assertThat(berth.read(image, "/first")).contains("from a directory");
    assertThat(berth.read(image, "/f")).contains("base");
    assertThat(berth.takeRuns()).isEmpty();
  }

  @Test
  void addDownloadsOnceAndChecksTheContent() throws IOException {
    AtomicInteger sent = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean known = "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
          exchange.getResponseHeaders().set("ETag", "\"v1\"");
          if (known || exchange.getRequestURI().getPath().equals("/missing")) {
            exchange.sendResponseHeaders(known ? 304 : 404, -1);
          } else {
            sent.incrementAndGet();
            exchange.sendResponseHeaders(200, 7);
            exchange.getResponseBody().write(bytes("content"));
          }
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      String dockerfile = "FROM base\nADD " + url + "/dir/file.txt /to/\n";

      Image image = berth.build(dockerfile);
      berth.events.clear();
      berth.build(dockerfile);
      String checked = "FROM base\nADD --checksum=%s --chmod=644 " + url + "/file /file\n";
      Image good = berth.build(String.format(checked, Digest.sha256(bytes("content"))));

      assertThat(berth.read(image, "/to/file.txt")).contains("content");
      try (var root = berth.open(image)) {
        assertThat(root.stat("/to/file.txt").orElseThrow().mode()).isEqualTo(0600);
      }
      assertThat(sent).hasValue(2);
      assertThat(berth.read(good, "/file")).contains("content");
      assertThatThrownBy(() -> berth.build(String.format(checked, Digest.sha256(bytes("else")))))
          .hasMessageContaining("Dockerfile:2")
          .hasMessageContaining("expected sha256:");
      assertThatThrownBy(() -> berth.build("FROM base\nADD " + url + "/missing /x\n"))
          .hasMessageContaining("404");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void repositoriesAreContextsAndSources() throws Exception {
    Path repository = Files.createDirectories(directory.resolve("repo.git"));
    assumeTrue(git(repository, "init", "-q", "."), "git is not installed");
    Files.createDirectories(repository.resolve("sub"));
    Files.writeString(repository.resolve("sub/Dockerfile"), "FROM base\nCOPY file /file\n");
    Files.writeString(repository.resolve("sub/file"), "one");
    git(repository, "add", ".");
    git(repository, "commit", "-q", "-m", "one");
    git(repository, "tag", "v1");
    Files.writeString(repository.resolve("sub/file"), "two");
    git(repository, "commit", "-q", "-a", "-m", "two");
    String url = "file://" + repository;

    Image tagged = build(ContextSource.git(url + "#v1:sub"));
    Image latest = build(ContextSource.parse(url + "#:sub"));
    String add = "FROM base\nADD " + url + "#v1 /src\nADD --keep-git-dir=true " + url + " /all/\n";
    Image added = berth.build(add);
    berth.events.clear();
    Image again = berth.build(add);

    assertThat(berth.read(tagged, "/file")).contains("one");
    assertThat(berth.read(latest, "/file")).contains("two");
    assertThat(berth.read(added, "/src/sub/file")).contains("one");
    assertThat(berth.read(added, "/src/.git/HEAD")).isEmpty();
    assertThat(berth.read(added, "/all/sub/file")).contains("two");
    assertThat(berth.read(added, "/all/.git/HEAD")).isPresent();
    assertThat(again.id()).isEqualTo(added.id());
    assertThatThrownBy(() -> build(ContextSource.git(url + "#nowhere")))
        .hasMessageContaining("no branch or tag nowhere");
  }

  private static boolean git(Path directory, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.com"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void cacheTravelsThroughADirectory() {
    berth.write("a", "a");
    String dockerfile =
        """
        FROM base AS make
        RUN write /made 1
        FROM base
        COPY a /a
        COPY --link a /linked
        COPY --from=make /made /made
        RUN write /b 2
        ENV X=y
        """;
    Path cache = directory.resolve("cache");
    Image first =
        berth.request(dockerfile).cacheTo("type=local,dest=" + cache + ",mode=max").execute();
    try (BuildFixture other = new BuildFixture(directory.resolve("other"), "overlay")) {
      other.base("f", "base");
      other.write("a", "a");

      Image second = other.request(dockerfile).cacheFrom("type=local,src=" + cache).execute();

      assertThat(other.takeRuns()).isEmpty();
      assertThat(second.config().diffIds()).isEqualTo(first.config().diffIds());
      assertThat(other.read(second, "/made")).contains("1");
      assertThat(other.read(second, "/linked")).contains("a");
    }
  }

  @Test
  void missingCacheIsAWarning() {
    berth
        .request("FROM base\nENV A=b\n")
        .cacheFrom("type=local,src=" + directory.resolve("nothing"))
        .execute();

    assertThat(berth.warnings()).singleElement().asString().contains("cannot be imported");
    assertThatThrownBy(() -> berth.request("FROM base\n").cacheFrom("type=s3,bucket=x"))
        .hasMessageContaining("Unknown cache");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlay", "copy"})
  void squashMakesOneLayerOfTheSameFiles(String driver) {
    try (BuildFixture one = new BuildFixture(directory.resolve("squash-" + driver), driver)) {
      one.base("f", "base", "gone", "x", "d/old", "x");
      one.write("a", "a");
      one.write("d/new", "n");
      String dockerfile =
          "FROM base\nRUN write /b 1\nRUN write /b 2\nCOPY a /a\nENV X=y\nCOPY d /d\nRUN write /c 3\n";

      Image plain = one.build(dockerfile);
      Image squashed = one.request(dockerfile).squash().execute();

      assertThat(plain.config().diffIds()).hasSize(6);
      assertThat(squashed.config().diffIds()).hasSize(2);
      for (String file : List.of("/f", "/a", "/b", "/c", "/d/old", "/d/new")) {
        assertThat(one.read(squashed, file)).as(file).isEqualTo(one.read(plain, file));
      }
      assertThat(squashed.config().history().stream().filter(h -> !h.emptyLayer())).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlay", "copy"})
  void sourceDateMakesTheSameImageAtAnyTime(String driver) throws Exception {
    String dockerfile = "FROM base\nRUN write /a/b 1\nCOPY x /x\nWORKDIR /w\n";
    Digest[] ids = new Digest[2];
    for (int i = 0; i < 2; i++) {
      Thread.sleep(20 * i);
      try (BuildFixture one = new BuildFixture(directory.resolve(driver + i), driver)) {
        one.base("f", "base", "a/x", "");
        one.write("x", "x");
        ids[i] =
            one.request(dockerfile)
                .arg("SOURCE_DATE_EPOCH", "1000000000")
                .rewriteTimestamps()
                .execute()
                .config()
                .diffIds()
                .toString()
                .transform(text -> Digest.sha256(bytes(text)));
      }
    }

    assertThat(ids[0]).isEqualTo(ids[1]);
  }

  @Test
  void linkedLayersAreMadeOnceForAnyBase() {
    berth.write("a", "a");
    berth.build("FROM base\nCOPY --link a /x/a\n");
    berth.events.clear();

    Image image = berth.build("FROM base\nRUN write /other 1\nCOPY --link a /x/a\n");

    assertThat(berth.read(image, "/x/a")).contains("a");
    assertThat(berth.read(image, "/other")).contains("1");
    assertThat(berth.events)
        .filteredOn(Progress.StepFinished.class::isInstance)
        .extracting(event -> ((Progress.StepFinished) event).cached())
        .containsExactly(true, false, true);
  }

  @Test
  void provenanceSaysWhereTheImageComesFrom() {
    BuildResult result =
        berth
            .request("FROM base\nARG A\nRUN write /a $A\n")
            .arg("A", "value")
            .tag("app:1")
            .provenance(Provenance.MAX)
            .executeForResult();

    var statement = Json.parse("provenance", bytes(result.provenance().orElseThrow()));
    assertThat(statement.string("_type")).isEqualTo("https://in-toto.io/Statement/v0.1");
    assertThat(statement.string("predicateType")).isEqualTo("https://slsa.dev/provenance/v0.2");
    assertThat(statement.at("subject").elements().get(0).at("digest").string("sha256"))
        .isEqualTo(result.image().id().hex());
    var predicate = statement.at("predicate");
    assertThat(predicate.at("materials").elements().get(0).string("uri"))
        .isEqualTo("pkg:docker/base");
    assertThat(predicate.at("invocation").at("parameters").at("args").string("build-arg:A"))
        .isEqualTo("value");
    assertThat(
            berth
                .request("FROM base\n")
                .provenance(Provenance.MIN)
                .executeForResult()
                .provenance()
                .orElseThrow())
        .doesNotContain("build-arg");
  }

  @Test
  void warningsAreThoseThatTheDockerfileWants() {
    String mistakes = "FROM base\nCMD echo $HOME\nCMD echo again\nENV A=$UNSET\n";

    List<LintWarning> found = berth.request(mistakes).executeForResult().warnings();
    List<LintWarning> skipped =
        berth
            .request("# check=skip=JSONArgsRecommended,UndefinedVar\n" + mistakes)
            .executeForResult()
            .warnings();

    assertThat(found)
        .extracting(LintWarning::rule)
        .containsExactlyInAnyOrder(
            "JSONArgsRecommended",
            "JSONArgsRecommended",
            "MultipleInstructionsDisallowed",
            "UndefinedVar");
    assertThat(skipped)
        .extracting(LintWarning::rule)
        .containsExactly("MultipleInstructionsDisallowed");
    int before = berth.images.list().size();
    assertThatThrownBy(() -> berth.build("# check=error=true\n" + mistakes + "LABEL new=1\n"))
        .hasMessageContaining("MultipleInstructionsDisallowed");
    assertThat(berth.images.list()).hasSize(before);
  }
}
