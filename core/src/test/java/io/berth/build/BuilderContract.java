package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.error.BerthException;
import io.berth.layers.SnapshotInfo;
import io.berth.oci.History;
import io.berth.testing.TestAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What builds do, whatever the snapshot driver. */
abstract class BuilderContract {
  @TempDir Path directory;
  private BuildFixture berth;

  abstract String driver();

  @BeforeEach
  void open() {
    berth = new BuildFixture(directory, driver());
  }

  @AfterEach
  void close() {
    berth.close();
  }

  @Test
  void dockerfileBecomesAnImage() {
    berth.base("etc/os", "base");
    berth.write("app.txt", "the app");

    Image image =
        berth
            .request(
                """
                FROM base
                ENV GREETING=hello
                WORKDIR /srv
                COPY app.txt data/
                RUN write /made here
                USER me
                EXPOSE 80
                LABEL a=b
                VOLUME /data
                STOPSIGNAL SIGQUIT
                ENTRYPOINT ["/bin/app"]
                CMD ["--help"]
                """)
            .tag("app")
            .execute();

    assertThat(berth.read(image, "/etc/os")).contains("base");
    assertThat(berth.read(image, "/srv/data/app.txt")).contains("the app");
    assertThat(berth.read(image, "/made")).contains("here");
    var config = image.config().config();
    assertThat(config.env())
        .containsExactly(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "GREETING=hello");
    assertThat(config.workingDir()).contains("/srv");
    assertThat(config.user()).contains("me");
    assertThat(config.exposedPorts()).containsExactly("80/tcp");
    assertThat(config.labels()).containsEntry("a", "b");
    assertThat(config.volumes()).containsExactly("/data");
    assertThat(config.stopSignal()).contains("SIGQUIT");
    assertThat(config.entrypoint()).containsExactly("/bin/app");
    assertThat(config.cmd()).containsExactly("--help");
    assertThat(image.config().history().stream().filter(h -> !h.emptyLayer()).count())
        .isEqualTo(image.config().diffIds().size());
    assertThat(image.config().history())
        .extracting(History::createdBy)
        .extracting(text -> text.orElse(""))
        .contains("ENV GREETING=hello", "RUN /bin/sh -c write /made here", "WORKDIR /srv");
    assertThat(berth.images.get("app")).isEqualTo(image);
  }

  @Test
  void secondBuildRunsNothingAndGivesTheSameImage() {
    berth.base("f", "base");
    berth.write("a", "a");
    String dockerfile = "FROM base\nCOPY a /a\nENV X=y\nRUN write /b b\nCMD x\n";

    Image first = berth.build(dockerfile);
    berth.takeRuns();
    berth.events.clear();
    Image second = berth.build(dockerfile);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(berth.takeRuns()).isEmpty();
    assertThat(berth.events)
        .filteredOn(Progress.StepFinished.class::isInstance)
        .allMatch(event -> ((Progress.StepFinished) event).cached())
        .hasSize(5);
  }

  @Test
  void onlyStepsFromTheChangedOneRunAgain() {
    berth.base("f", "base");
    berth.build("FROM base\nRUN write /a 1\nRUN write /b 2\nRUN write /c 3\n");
    berth.takeRuns();

    berth.build("FROM base\nRUN write /a 1\nRUN write /b changed\nRUN write /c 3\n");

    assertThat(berth.takeRuns()).containsExactly("write /b changed", "write /c 3");
  }

  @Test
  void newTimeOfACopiedFileIsNoChangeButNewContentIs() throws IOException {
    berth.base("f", "base");
    Path file = berth.write("a", "one");
    String dockerfile = "FROM base\nCOPY a /a\nRUN write /b b\n";
    berth.build(dockerfile);
    berth.takeRuns();

    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    berth.build(dockerfile);
    List<String> touched = berth.takeRuns();
    berth.write("a", "two");
    Image changed = berth.build(dockerfile);

    assertThat(touched).isEmpty();
    assertThat(berth.takeRuns()).containsExactly("write /b b");
    assertThat(berth.read(changed, "/a")).contains("two");
  }

  @Test
  void noCacheRunsEverything() {
    berth.base("f", "base");
    berth.build("FROM base\nRUN write /a 1\n");
    berth.takeRuns();

    berth.request("FROM base\nRUN write /a 1\n").noCache().execute();

    assertThat(berth.takeRuns()).containsExactly("write /a 1");
  }

  @Test
  void cachedStepWhoseLayerIsGoneRunsAgain() {
    berth.base("f", "base");
    Image app = berth.request("FROM base\nRUN write /a 1\n").tag("app").execute();
    berth.takeRuns();
    berth.images.remove("app", false);
    berth.snapshotter.remove(app.config().chainId().orElseThrow().toString());

    berth.build("FROM base\nRUN write /a 1\n");

    assertThat(berth.takeRuns()).containsExactly("write /a 1");
  }

  @Test
  void argsReachRunButNotTheImage() {
    berth.base("f", "base");

    Image image =
        berth
            .request("ARG BASE=none\nFROM ${BASE}\nARG V=1\nRUN write /v ${V}\nLABEL v=$V\n")
            .arg("BASE", "base")
            .arg("V", "2")
            .arg("UNKNOWN", "x")
            .execute();

    assertThat(berth.ran.get(0).env()).containsEntry("V", "2");
    assertThat(image.config().config().env()).noneMatch(variable -> variable.startsWith("V="));
    assertThat(image.config().config().labels()).containsEntry("v", "2");
    assertThat(berth.warnings()).singleElement().asString().contains("UNKNOWN");
  }

  @Test
  void otherArgValueRunsAgain() {
    berth.base("f", "base");
    String dockerfile = "FROM base\nARG V=1\nRUN write /v x\n";
    berth.build(dockerfile);
    berth.takeRuns();

    berth.request(dockerfile).arg("V", "2").execute();

    assertThat(berth.takeRuns()).hasSize(1);
  }

  @Test
  void filesComeFromOtherStagesAndImages() {
    berth.base("lib/x", "library");

    Image image =
        berth.build(
            """
            FROM base AS make
            RUN write /out made
            FROM base AS unused
            RUN fail 1
            FROM scratch
            COPY --from=make /out /bin/
            COPY --from=base lib /lib
            COPY --from=0 /out /second
            """);

    assertThat(berth.read(image, "/bin/out")).contains("made");
    assertThat(berth.read(image, "/lib/x")).contains("library");
    assertThat(berth.read(image, "/second")).contains("made");
    assertThat(berth.takeRuns()).containsExactly("write /out made");
  }

  @Test
  void targetEndsTheBuild() {
    berth.base("f", "base");

    Image image =
        berth
            .request("FROM base AS one\nRUN write /a 1\nFROM one\nRUN write /b 2\n")
            .target("one")
            .execute();

    assertThat(berth.read(image, "/a")).contains("1");
    assertThat(berth.read(image, "/b")).isEmpty();
  }

  @Test
  void ignoreFilesLeaveFilesOut() {
    berth.base("f", "base");
    berth.write("keep.txt", "");
    berth.write("secret.key", "");
    berth.write("important.key", "");
    berth.write(".dockerignore", "*.key\n!important.key\n");

    Image image = berth.build("FROM base\nCOPY . /all/\n");

    assertThat(berth.read(image, "/all/keep.txt")).isPresent();
    assertThat(berth.read(image, "/all/important.key")).isPresent();
    assertThat(berth.read(image, "/all/secret.key")).isEmpty();
  }

  @Test
  void ignoreFileOfTheDockerfileComesFirst() {
    berth.base("f", "base");
    berth.write(".dockerignore", "a");
    berth.write("Dockerfile.dockerignore", "b");
    berth.write("a", "");
    berth.write("b", "");

    Image image = berth.build("FROM base\nCOPY . /all/\n");

    assertThat(berth.read(image, "/all/a")).isPresent();
    assertThat(berth.read(image, "/all/b")).isEmpty();
  }

  @Test
  void entrypointTakesAnInheritedCommandAwayButNotItsOwn() {
    berth.base("f", "base");
    berth.request("FROM base\nCMD inherited\n").tag("commanded").execute();

    Image inherited = berth.build("FROM commanded\nENTRYPOINT [\"/e\"]\n");
    Image own = berth.build("FROM commanded\nCMD [\"own\"]\nENTRYPOINT [\"/e\"]\n");

    assertThat(inherited.config().config().cmd()).isEmpty();
    assertThat(own.config().config().cmd()).containsExactly("own");
  }

  @Test
  void copySetsOwnersAndModes() {
    TestAccess.assumeIds();
    berth.base("etc/passwd", "me:x:1000:1001::/:/bin/sh\n", "etc/group", "staff:x:50:\n");
    berth.write("a", "");

    Image image =
        berth.build(
            """
            FROM base
            COPY a /plain
            COPY --chown=me a /named
            COPY --chown=me:staff --chmod=600 a /grouped
            COPY --chown=7 a /numbered
            """);

    try (var root = berth.open(image)) {
      assertThat(root.stat("/plain").orElseThrow()).matches(s -> s.uid() == 0 && s.gid() == 0);
      assertThat(root.stat("/named").orElseThrow())
          .matches(s -> s.uid() == 1000 && s.gid() == 1001);
      assertThat(root.stat("/grouped").orElseThrow())
          .matches(s -> s.uid() == 1000 && s.gid() == 50 && s.mode() == 0600);
      assertThat(root.stat("/numbered").orElseThrow()).matches(s -> s.uid() == 7 && s.gid() == 7);
    }
  }

  @Test
  void failedStepSaysWhereAndLeavesNothing() {
    berth.base("f", "base");
    int before = berth.snapshotter.list().size();

    assertThatThrownBy(() -> berth.build("FROM base\n\nRUN fail 3\n"))
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e.line()).isEqualTo(3);
              assertThat(e.exitCode()).hasValue(3);
              assertThat(e).hasMessageContaining("Dockerfile:3: RUN fail 3");
            });

    assertThat(berth.snapshotter.list()).hasSize(before).allMatch(SnapshotInfo::committed);
    assertThat(berth.images.list()).hasSize(1);
    assertThat(berth.events.get(berth.events.size() - 1))
        .isInstanceOfSatisfying(
            Progress.Finished.class, end -> assertThat(end.error()).isPresent());
  }

  @Test
  void badDockerfilesSayWhereAndWhy() {
    berth.base("f", "base");
    String[][] cases = {
      {"FROM nowhere:1\n", "1", "No such image: nowhere:1"},
      {"FROM base\nCOPY missing /x\n", "2", "missing"},
      {"FROM base\nCOPY --from=nothing /a /b\n", "2", "nothing"},
      {"FROM base\nCOPY --chown=nobody Dockerfile /b\n", "2", "nobody"},
      {"FROM base\nADD http://127.0.0.1:1/x /x\n", "2", "cannot download http://127.0.0.1:1/x"},
      {"FROM base\nCOPY http://127.0.0.1:1/x /x\n", "2", "use ADD"},
      {"FROM base\nRUN --network=host true\n", "2", "allow(\"network.host\")"},
      {"FROM base\nRUN --security=insecure true\n", "2", "security.insecure"},
      {
        "FROM base\nRUN --mount=type=secret,id=a,required echo a\n", "2", "the secret a is required"
      },
      {"FROM base\nRUN --mount=type=ssh,required echo a\n", "2", "the SSH agent default is"},
      {"FROM base\nRUN --mount=target=/ echo a\n", "2", "nothing can be mounted at /"},
      {"FROM base\nRUN --mount=from=nothing,target=/a echo a\n", "2", "o such image: nothing"},
      {"FROM base\nCOPY --chmod=rwx Dockerfile /x\n", "2", "expected an octal mode such as 755"},
      {"FROM base\nCOPY --exclude=[ Dockerfile /x\n", "2", "Invalid pattern"},
      {"FROM base\nENV a=${b\n", "2", "and } after"},
      {"FROM base\nENV a=${b:?needed}\n", "2", "b: needed"},
      {"ARG B\nFROM ${B}\n", "2", "the base image's name is empty"},
      {"FROM base\nEXPOSE many\n", "2", "many"},
    };
    for (String[] bad : cases) {
      assertThatThrownBy(() -> berth.build(bad[0]))
          .as(bad[0])
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("Dockerfile:" + bad[1])
          .hasMessageContaining(bad[2]);
    }
  }

  @Test
  void unknownTargetAndMissingContextAreErrors() {
    berth.base("f", "base");

    assertThatThrownBy(() -> berth.request("FROM base AS a\n").target("b").execute())
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("b");
    assertThatThrownBy(() -> berth.images.build(directory.resolve("absent")).execute())
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("absent");
  }

  @Test
  void buildLabelsAndSourceDateReachTheImage() {
    berth.base("f", "base");

    Image image =
        berth
            .request("FROM base\nRUN write /a 1\n")
            .label("org", "x")
            .arg("SOURCE_DATE_EPOCH", "1000")
            .execute();

    assertThat(image.config().config().labels()).containsEntry("org", "x");
    assertThat(image.created()).isEqualTo(Instant.ofEpochSecond(1000));
    assertThat(berth.warnings()).isEmpty();
  }

  @Test
  void enginesBuildTheSameAtOnce() throws Exception {
    berth.base("f", "base");
    berth.write("a", "a");
    berth.write("Dockerfile", "FROM base\nCOPY a /a\nWORKDIR /w/x\nENV A=b\n");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (BuildFixture other = new BuildFixture(directory, driver())) {
      Callable<Image> one = () -> berth.images.build(berth.context).tag("app").execute();
      Callable<Image> two = () -> other.images.build(berth.context).tag("app").execute();

      List<Future<Image>> builds = threads.invokeAll(List.of(one, two, one, two));

      for (Future<Image> build : builds) {
        assertThat(berth.read(build.get(), "/a")).contains("a");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(berth.snapshotter.list()).allMatch(SnapshotInfo::committed);
  }
}
