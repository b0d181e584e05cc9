package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.berth.Berth;
import io.berth.api.BuildRequest;
import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.error.BerthException;
import io.berth.image.Commands;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dockerfiles and contexts that want files of the host, or to write there. */
class BuildAttackIT {
  private static final String UP = "../".repeat(30);
  private static final String SECRET = "the-secret-of-the-host";

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path outside;
  @TempDir Path context;
  private Path secret;

  @BeforeEach
  void hideASecret() throws IOException {
    secret = Files.writeString(outside.resolve("secret"), SECRET);
  }

  private static BuildRequest request(String dockerfile, Map<String, String> files) {
    Map<String, byte[]> all = new HashMap<>();
    files.forEach((name, text) -> all.put(name, text.getBytes(StandardCharsets.UTF_8)));
    all.put(
        "Dockerfile",
        dockerfile.replace("BASE", TestEngine.IMAGE).getBytes(StandardCharsets.UTF_8));
    return FIXTURE.engine().images().build(ContextSource.files(all));
  }

  private static String filesOf(Image image) {
    String script = "grep -rs the-secret / --exclude-dir=proc --exclude-dir=sys; ls -R /out /got";
    try (Container container =
        FIXTURE.engine().containers().create(image).command("sh", "-c", script).start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  private void assertHarmless(BuildRequest request) {
    String got;
    try {
      got = filesOf(request.execute());
    } catch (BerthException refused) {
      got = refused.getMessage();
    }
    assertThat(got).doesNotContain(SECRET);
    assertThat(outside.toFile().list()).containsExactly("secret");
    assertThat(secret).hasContent(SECRET);
  }

  @Test
  void linksOfAContextDirectoryLeadNowhereElse() throws IOException {
    Files.createSymbolicLink(context.resolve("file"), secret);
    Files.createSymbolicLink(context.resolve("dir"), outside);
    Files.createSymbolicLink(context.resolve("up"), Path.of(UP + outside.toString().substring(1)));
    Files.createDirectory(context.resolve("real"));
    Files.createSymbolicLink(context.resolve("real/deep"), outside);
    Files.createSymbolicLink(context.resolve(".dockerignore"), secret);
    for (String copy :
        List.of(
            "COPY file /got/",
            "COPY dir /got/",
            "COPY dir/secret /got/",
            "COPY up/secret /got/",
            "COPY real /got/",
            "COPY real/deep/secret /got/",
            "COPY real/dee*/secre* /got/",
            "COPY ../secret /got/",
            "COPY " + UP + secret.toString().substring(1) + " /got/",
            "COPY " + secret + " /got/",
            "ADD dir/ /got/",
            "COPY --parents real/./deep/secret /got/",
            "COPY --link dir/secret /got/",
            "RUN --mount=source=dir,target=/m cp -r /m /got",
            "RUN --mount=source=dir/secret,target=/m cp /m /got",
            "RUN --mount=source=up/secret,target=/m cp /m /got",
            "RUN --mount=source=../../" + secret + ",target=/m cp /m /got")) {
      Files.writeString(context.resolve("Dockerfile"), "FROM " + TestEngine.IMAGE + "\n" + copy);

      assertHarmless(FIXTURE.engine().images().build(context));
    }
  }

  @Test
  void aDockerfileIsReadFromItsContext() throws IOException {
    Files.writeString(outside.resolve("secret"), "FROM " + TestEngine.IMAGE + "\nRUN " + SECRET);
    Files.createSymbolicLink(context.resolve("Dockerfile"), secret);
    try {
      for (ContextSource source :
          List.of(
              ContextSource.tar(
                  new ByteArrayInputStream(
                      new HostileImage().link("Dockerfile", secret.toString()).bytes())),
              ContextSource.tar(
                  new ByteArrayInputStream(
                      new HostileImage()
                          .link("Dockerfile", UP + secret.toString().substring(1))
                          .bytes())))) {
        assertThatThrownBy(() -> FIXTURE.engine().images().build(source).execute())
            .isInstanceOf(BerthException.class)
            .message()
            .doesNotContain(SECRET);
      }
    } finally {
      Files.writeString(secret, SECRET);
    }
  }

  @Test
  void linksOfAnImageAreFollowedInItAlone() {
    for (String step :
        List.of(
            "RUN ln -s OUT /out\nCOPY f /out/new",
            "RUN ln -s OUT /out\nCOPY f /out/secret",
            "RUN ln -s " + UP + "OUT /out\nCOPY f /out/",
            "RUN ln -s OUT/new /out\nCOPY f /out",
            "RUN ln -s OUT /out\nCOPY --link f /out/new",
            "RUN ln -s OUT /out\nCOPY d/ /out/",
            "RUN ln -s OUT /out\nWORKDIR /out/new\nRUN touch x",
            "RUN ln -s OUT /out\nRUN --mount=type=tmpfs,target=/out/new true",
            "RUN ln -s OUT /out\nRUN --mount=type=cache,target=/out/new touch /out/new/x",
            "RUN ln -s OUT /out\nRUN --mount=type=bind,source=d,target=/out/new true",
            "RUN ln -s OUT /out\nCOPY <<x /out/new\ntext\nx",
            "RUN ln -s OUT /out\nADD a.tar /out/")) {
      String dockerfile =
          "FROM BASE\n" + step.replace("OUT", outside.toString()).replace("//", "/");

      assertHarmless(request(dockerfile, Map.of("f", "file", "d/f", "file", "a.tar", "no tar")));
    }
  }

  @Test
  void linksOfAStageLeadNowhereElse() {
    String first = "FROM BASE AS a\nRUN ln -s OUT/secret /l; ln -s OUT /d; ln -s UPOUT /u\n";
    for (String step :
        List.of(
            "COPY --from=a /l /got/",
            "COPY --from=a /d /got",
            "COPY --from=a /d/secret /got/",
            "COPY --from=a /u/secret /got/",
            "COPY --from=a ../../../OUT/secret /got/",
            "RUN --mount=from=a,source=/d,target=/m cp -r /m /got",
            "RUN --mount=from=a,source=/u/secret,target=/m cp /m /got",
            "RUN --mount=from=a,source=../../OUT,target=/m cp -r /m /got")) {
      String dockerfile =
          (first + "FROM BASE\n" + step)
              .replace("UPOUT", UP + outside.toString().substring(1))
              .replace("OUT", outside.toString());

      assertHarmless(request(dockerfile, Map.of()));
    }
  }

  @Test
  void cachesAreNamedByTheirIdsAndNotByPaths() throws IOException {
    for (String id :
        List.of(
            "../../../" + outside,
            UP + outside.toString().substring(1),
            "/etc",
            "..",
            ".",
            "a/../..")) {
      assertHarmless(
          request(
              "FROM BASE\nRUN --mount=type=cache,target=/c,id=" + id + " cp -r /c /got; touch /c/x",
              Map.of()));
    }
    try (var files = Files.walk(FIXTURE.dataDirectory().resolve("cache"))) {
      assertThat(files.filter(f -> f.endsWith("x"))).isNotEmpty();
    }
  }

  @Test
  void aCacheThatAnotherBuildSwapsLeadsNowhereElse() throws Exception {
    String attack =
        "FROM BASE\nRUN --mount=type=cache,target=/c,id=shared mkdir -p /c/d; ln -s "
            + outside
            + " /c/l; for i in $(seq 400); do mv /c/d /c/t; ln -s "
            + outside
            + " /c/d; rm /c/d; mv /c/t /c/d; done; true";
    CompletableFuture<Void> attacker =
        CompletableFuture.runAsync(() -> request(attack, Map.of()).noCache().execute());
    for (int i = 0; i < 6; i++) {
      assertHarmless(
          request(
                  "FROM BASE\nRUN --mount=type=cache,target=/c,id=shared"
                      + " --mount=type=tmpfs,target=/c/d/new --mount=type=cache,target=/c/l/new"
                      + " cp -r /c/d /got; true",
                  Map.of())
              .noCache());
    }
    attacker.get();
  }

  @Test
  void secretsAndSocketsAreMountedInTheStepAlone() {
    for (String target :
        List.of("/proc/self/environ", "/proc/1/x", "OUT/secret", UP + "OUT/new", "/sys/x")) {
      assertHarmless(
          request(
                  ("FROM BASE\nRUN --mount=type=secret,id=s,target=" + target + " true")
                      .replace("OUT", outside.toString()),
                  Map.of())
              .secret("s", "of the build".getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void anArchiveThatUnpacksToTooMuchIsRefused() throws IOException {
    try (OutputStream out = Files.newOutputStream(context.resolve("bomb.tgz"));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      TarArchiveEntry entry = new TarArchiveEntry("zeros");
      entry.setSize(8 << 20);
      tar.putArchiveEntry(entry);
      tar.write(new byte[8 << 20]);
      tar.closeArchiveEntry();
    }
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nADD bomb.tgz /\n");

    assertBuilds(4 << 20, "limit of " + (4 << 20));
    assertBuilds(16 << 20, "");
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 40})
  void theHolesOfASparseFileCount(int bits) throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(context.resolve("s").toFile(), "rw")) {
      sparse.write(1);
      sparse.seek(1L << bits);
      sparse.write(1);
    }
    Process tar =
        new ProcessBuilder("tar", "-S", "-cf", "s.tar", "s").directory(context.toFile()).start();
    assertThat(tar.waitFor()).isZero();
    Files.delete(context.resolve("s"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nADD s.tar /\n");

    assertBuilds(4 << 20, "limit of " + (4 << 20));
  }

  @Test
  void holesStayHoles() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(context.resolve("s").toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    Process tar =
        new ProcessBuilder("tar", "-S", "-cf", "s.tar", "s").directory(context.toFile()).start();
    assertThat(tar.waitFor()).isZero();
    Files.delete(context.resolve("s"));
    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM " + TestEngine.IMAGE + "\nADD s.tar /\nRUN stat -c '%s %b' /s > /said\n");

    Image image = FIXTURE.engine().images().build(context).execute();

    try (Container container =
        FIXTURE.engine().containers().create(image).command("cat", "/said").start()) {
      container.waitForExit();
      assertThat(container.logs().stdout()).isEqualTo((3L << 30) + " 0\n");
    }
  }

  /** One of them alone is unpacked, as docker does, and links between them lead nowhere else. */
  @Test
  void archivesInArchivesAreFiles() throws IOException {
    byte[] inner =
        new HostileImage().link("escape", secret.toString()).file("evil", "unpacked").bytes();
    byte[] outer =
        new HostileImage()
            .file("dir/inner.tar", inner, 0644)
            .link("dir/link.tar", "inner.tar")
            .bytes();
    Files.write(context.resolve("outer.tar"), outer);
    Files.writeString(
        context.resolve("Dockerfile"),
        "FROM BASE\nADD outer.tar /got/\n".replace("BASE", TestEngine.IMAGE));

    String got = filesOf(FIXTURE.engine().images().build(context).execute());

    assertThat(got).contains("inner.tar", "link.tar").doesNotContain("evil", SECRET);
    byte[] through =
        new HostileImage()
            .link("up", UP + outside.toString().substring(1))
            .file("up/planted", "x")
            .bytes();
    Files.write(context.resolve("outer.tar"), through);
    assertHarmless(FIXTURE.engine().images().build(context));
    assertThat(outside.toFile().list()).containsExactly("secret");
  }

  /** The directory of a repository is the user's choice, and what is there its author's. */
  @Test
  void aDirectoryOfARepositoryIsNoLinkToTheHost() throws Exception {
    Path repository = Files.createDirectory(context.resolve("repo.git"));
    Files.writeString(outside.resolve("Dockerfile"), "FROM scratch\nCOPY secret /\n");
    Files.createDirectories(repository.resolve("real"));
    Files.writeString(
        repository.resolve("real/Dockerfile"), "FROM " + TestEngine.IMAGE + "\nCOPY . /got\n");
    Files.createSymbolicLink(repository.resolve("link"), outside);
    Files.createSymbolicLink(repository.resolve("real/deep"), outside);
    Files.createSymbolicLink(repository.resolve("fine"), Path.of("real"));
    Commands.require("git");
    for (String command :
        List.of("init -q .", "add .", "-c user.name=t -c user.email=t@t.test commit -q -m one")) {
      List<String> words = new ArrayList<>(List.of("git"));
      words.addAll(List.of(command.split(" ")));
      Process git = new ProcessBuilder(words).directory(repository.toFile()).start();
      assertThat(git.waitFor()).as(command).isZero();
    }

    for (String directory : List.of("link", "real/deep", "../..", "link/../../..", "/etc")) {
      assertThatThrownBy(
              () ->
                  FIXTURE
                      .engine()
                      .images()
                      .build(ContextSource.git("file://" + repository + "#:" + directory))
                      .execute())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining("no directory " + directory);
      assertThatThrownBy(
              () ->
                  request(
                          "FROM BASE\nADD file://" + repository + "#:" + directory + " /got",
                          Map.of())
                      .execute())
          .isInstanceOf(BerthException.class);
    }
    Files.delete(outside.resolve("Dockerfile"));
    assertHarmless(
        FIXTURE.engine().images().build(ContextSource.git("file://" + repository + "#:fine")));
  }

  @Test
  void aDownloadWithoutEndIsCutOff() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] piece = new byte[1 << 16];
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(piece);
            }
          } catch (IOException hungUp) {
            // as it should
          }
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/endless";
      Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nADD " + url + " /\n");

      assertBuilds(4 << 20, "limit of " + (4 << 20));
    } finally {
      server.stop(0);
    }
  }

  private void assertBuilds(long limit, String refused) throws IOException {
    Path data = Files.createDirectory(outside.resolve("data" + limit));
    try (Engine engine = Berth.builder().dataDirectory(data).unpackedLimit(limit).open()) {
      BuildRequest build = engine.images().build(context);
      if (refused.isEmpty()) {
        assertThat(build.execute().size()).isGreaterThanOrEqualTo(8 << 20);
      } else {
        assertThatThrownBy(build::execute)
            .isInstanceOf(BerthException.class)
            .hasMessageContaining("Dockerfile:2")
            .hasMessageContaining(refused);
        assertThat(engine.images().list()).isEmpty();
      }
    } finally {
      TestAccess.remove(data);
    }
  }
}
