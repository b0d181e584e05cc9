package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.berth.api.Container;
import io.berth.api.FileAccess.CopyOptions;
import io.berth.api.FileAccess.ExtractOptions;
import io.berth.api.FileArchive;
import io.berth.api.PathStat;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.FileType;
import io.berth.runtime.userns.Credentials;
import io.berth.testing.TestAccess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected values of cp and diff are what dockerd 20.10 and docker 28 gave for the same. */
class FileAccessIT extends FileAccessFixture {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void archivesAreNamedAsDockersAre(boolean running) throws IOException {
    Container container = container(running, "true");

    assertThat(names(container, "foo")).containsExactly("foo/", "foo/file", "foo/x/");
    assertThat(names(container, "/foo/")).containsExactly("foo/", "foo/file", "foo/x/");
    assertThat(names(container, "/foo/.")).containsExactly("./", "./file", "./x/");
    assertThat(names(container, "/foo/x/..")).containsExactly("foo/", "foo/file", "foo/x/");
    assertThat(names(container, "rellink")).containsExactly("rellink");
    assertThat(names(container, "/rellink/"))
        .containsExactly("rellink/", "rellink/file", "rellink/x/");
    assertThat(names(container, "/foo/file")).containsExactly("file");
    assertThat(names(container, "dangling")).containsExactly("dangling");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pathsAreStattedAsDockerDoes(boolean running) {
    Container container = container(running, "chmod 1750 /foo/x");

    assertThat(container.files().stat("/"))
        .extracting(PathStat::name, PathStat::isDirectory)
        .containsExactly("/", true);
    assertThat(container.files().stat("/foo/").name()).isEqualTo("foo");
    assertThat(container.files().stat("/foo/.").name()).isEqualTo(".");
    assertThat(container.files().stat("rellink").linkTarget()).contains("/foo");
    assertThat(container.files().stat("rellink").goMode()).isEqualTo(134218239);
    assertThat(container.files().stat("rellink/").type()).isEqualTo(FileType.DIRECTORY);
    assertThat(container.files().stat("dangling").linkTarget()).contains("/nowhere");
    assertThat(container.files().stat("/foo/../foo/./file").size()).isEqualTo(1);
    assertThat(container.files().stat("/foo/file").goMode()).isEqualTo(420);
    assertThat(container.files().stat("/foo/x").goMode()).isEqualTo(1L << 31 | 1L << 20 | 0750);
    assertThatThrownBy(() -> container.files().stat("/none"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("Could not find the file /none in container " + container.name());
    assertThatThrownBy(() -> container.files().stat("/foo/file/"))
        .isInstanceOf(NotFoundException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "file, /d, /d/file",
    "file, /d/, /d/file",
    "file, /d/new, /d/new",
    "file, /foo/file, /foo/file",
    "file, /rellink, /foo/file",
    "file, /flink, /foo/file",
    "file, /dangling, /nowhere",
    "dir, /d, /d/dir/f",
    "dir/, /d, /d/dir/f",
    "dir, /d/new, /d/new/f",
    "dir/., /d/new, /d/new/f",
    "dir/., /d, /d/f",
    "dlnk/, /d, /d/dlnk/f",
  })
  void copiesGoWhereDockersGo(String source, String target, String expected) {
    for (boolean running : List.of(true, false)) {
      Container container = container(running, "true");

      container.files().copyTo(host + "/" + source, target, CopyOptions.DEFAULT);

      String content = source.startsWith("file") ? "1" : "2";
      assertThat(read(container, expected)).isEqualTo(content);
    }
  }

  @Test
  void aLinkIsCopiedAsALinkUnlessItIsToBeFollowed() {
    Container container = container(true, "true");

    container.files().copyTo(host.resolve("lnk"), "/d");
    container.files().copyTo(host + "/lnk", "/d/followed", new CopyOptions(true, false));

    assertThat(container.files().stat("/d/lnk").linkTarget()).contains("/d/file");
    assertThat(read(container, "/d/followed")).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "dir, /foo/file, cannot copy directory",
    "file, /nodir/, no such directory",
    "file, /nodir/x, Could not find the file /nodir",
    "none, /d, no such file or directory",
    "dir, /nodir/x, Could not find the file /nodir",
    "file, /foo/file/, no such directory",
  })
  void aCopyThatMakesNoSenseIsRefused(String source, String target, String message) {
    Container container = container(false, "true");

    assertThatThrownBy(
            () -> container.files().copyTo(host + "/" + source, target, CopyOptions.DEFAULT))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "/foo/file, dir, dir/file",
    "/foo/file, new, new",
    "/foo/file, file, file",
    "/foo/file, lnk, file",
    "/foo, dir, dir/foo/file",
    "/foo, new, new/file",
    "/foo/., dir, dir/file",
    "/foo/., new, new/file",
    "/rellink/, new, new/file",
    "/foo, dlnk, dir/foo/file",
  })
  void copiesComeOutAsDockersDo(String source, String target, String expected) throws IOException {
    Container container = container(true, "chown -R 5:6 /foo");

    container.files().copyFrom(source, host + "/" + target, CopyOptions.DEFAULT);

    Path copy = host.resolve(expected);
    assertThat(copy).hasContent("x");
    assertThat(Files.getAttribute(copy, "unix:uid")).isEqualTo((int) Credentials.own().uid());
  }

  @Test
  void aCopyToThisHostKeepsOwnersWhereThatIsAskedFor() throws IOException {
    assumeFalse(FIXTURE.isRootless(), "needs owners and devices that only root can make");
    Container container = container(false, "chown -R 5:6 /foo; chmod 4755 /foo/file");

    container.files().copyFrom("/foo", host + "/new", new CopyOptions(false, true));

    assertThat(Files.getAttribute(host.resolve("new/file"), "unix:uid")).isEqualTo(5);
    assertThat((int) Files.getAttribute(host.resolve("new/file"), "unix:mode") & 07777)
        .isEqualTo(04755);
  }

  @ParameterizedTest
  @CsvSource({
    "/foo, file, cannot copy directory",
    "/foo/file, nodir/, no such directory",
    "/foo/file, nodir/x, does not exist",
    "/none, new, Could not find the file /none",
  })
  void aCopyOutThatMakesNoSenseIsRefused(String source, String target, String message) {
    Container container = container(false, "true");

    assertThatThrownBy(
            () -> container.files().copyFrom(source, host + "/" + target, CopyOptions.DEFAULT))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mountsAreSeenAndWrittenTo(boolean running) throws IOException {
    Path bound = Files.createDirectory(host.resolve("bound"));
    Files.writeString(bound.resolve("b"), "bound");
    Container container =
        keep(
            request("echo -n t >/tmpfs/t; echo ready; exec sleep 1000")
                .bind(bound, "/data", false)
                .bind(bound, "/frozen", true)
                .tmpfs("/tmpfs", "")
                .readOnlyRoot(true)
                .create());
    if (running) {
      container.start();
      container.waitFor(Wait.forLog("ready"));
      assertThat(read(container, "/tmpfs/t")).isEqualTo("t");
      assertThat(container.files().stat("/proc").isDirectory()).isTrue();
      assertThat(names(container, "/proc")).containsExactly("proc/");
    }

    container.files().copyTo(host.resolve("file"), "/data");

    assertThat(read(container, "/data/b")).isEqualTo("bound");
    assertThat(bound.resolve("file")).hasContent("1");
    assertThatThrownBy(() -> container.files().copyTo(host.resolve("file"), "/frozen"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mounted volume is marked read-only");
    assertThatThrownBy(() -> container.files().copyTo(host.resolve("file"), "/tmp"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("container rootfs is marked read-only");
  }

  @Test
  void anArchiveIsUnpackedWithItsOwnersOrTheContainersUser() throws IOException {
    TestAccess.assumeIds();
    Container container = keep(request("true").user("daemon").create());
    byte[] tar = tarOf(entry("made/", 0755, 7), entry("made/file", 0640, 7));

    container.files().extract(new ByteArrayInputStream(tar), "/tmp", ExtractOptions.DEFAULT);
    container
        .files()
        .extract(new ByteArrayInputStream(tar), "/var/tmp", new ExtractOptions(false, true));

    container.start();
    container.waitForExit();
    byte[] exported = export(container);
    assertThat(owners(exported, "tmp/made/file")).containsExactly(7L);
    assertThat(owners(exported, "var/tmp/made/file")).containsExactly(1L);
  }

  @Test
  void aFileDoesNotTakeADirectorysPlaceWhereThatIsForbidden() throws IOException {
    Container container = container(true, "true");
    byte[] file = tarOf(entry("x", 0644, 0));
    byte[] directory = tarOf(entry("file/", 0755, 0));
    ExtractOptions strict = new ExtractOptions(true, false);

    assertThatThrownBy(
            () -> container.files().extract(new ByteArrayInputStream(file), "/foo", strict))
        .isInstanceOf(ConflictException.class)
        .hasMessage("cannot overwrite directory \"/foo/x\" with non-directory");
    assertThatThrownBy(
            () -> container.files().extract(new ByteArrayInputStream(directory), "/foo", strict))
        .isInstanceOf(ConflictException.class)
        .hasMessage("cannot overwrite non-directory \"/foo/file\" with directory");
    assertThatThrownBy(
            () -> container.files().extract(new ByteArrayInputStream(file), "/foo/file", strict))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("extraction point is not a directory");

    container.files().extract(new ByteArrayInputStream(file), "/foo", ExtractOptions.DEFAULT);

    assertThat(container.files().stat("/foo/x").type()).isEqualTo(FileType.REGULAR);
  }

  private static TarArchiveEntry entry(String name, int mode, int owner) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    entry.setIds(owner, owner);
    return entry;
  }

  private static TarArchiveEntry link(String name, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return entry;
  }

  private static byte[] tarOf(TarArchiveEntry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (TarArchiveEntry entry : entries) {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void noArchiveAndNoLinkLeadsOutOfAContainer() throws IOException {
    Path secret = Files.writeString(host.resolve("secret"), "host");
    Container container =
        container(
            true,
            "mkdir -p "
                + host
                + "; ln -s "
                + host
                + " /out; ln -s ../../../../../.."
                + host
                + " /d/up");

    container
        .files()
        .extract(
            new ByteArrayInputStream(
                tarOf(link("l", host.toString()), entry("l/planted", 0644, 0))),
            "/d",
            ExtractOptions.DEFAULT);
    container
        .files()
        .extract(
            new ByteArrayInputStream(tarOf(entry("up/planted", 0644, 0))),
            "/d",
            ExtractOptions.DEFAULT);

    assertThat(host.resolve("planted")).doesNotExist();
    assertThat(container.files().stat(host + "/planted").size()).isZero();
    assertThat(secret).hasContent("host");
    assertThatThrownBy(() -> container.files().archive("/out/secret"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(
            () ->
                container
                    .files()
                    .extract(
                        new ByteArrayInputStream(tarOf(entry("../../up", 0644, 0))),
                        "/d",
                        ExtractOptions.DEFAULT))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aContainerThatSwapsItsPathsMeanwhileGetsNothingOfTheHost() throws IOException {
    Path planted = Files.createDirectory(host.resolve("target"));
    Files.writeString(planted.resolve("f"), "host secret");
    Container container =
        container(
            true,
            "mkdir -p /r/a; echo -n inside >/r/a/f; cd /r; (while true; do mv a b; ln -s "
                + planted
                + " a; rm a; mv b a; done) & true");

    for (int i = 0; i < 150; i++) {
      try (FileArchive archive = container.files().archive("/r/a/f")) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        archive.writeTo(tar);
        assertThat(tar.toString()).doesNotContain("host secret");
      } catch (BerthException e) {
        // It was moved just then.
      }
      try {
        container.files().copyTo(host.resolve("file"), "/r/a");
      } catch (BerthException e) {
        // The same.
      }
    }

    assertThat(planted.resolve("file")).doesNotExist();
    assertThat(planted.resolve("a")).doesNotExist();
  }

  @Test
  void nothingThatBlocksIsOpened() throws IOException {
    assumeFalse(FIXTURE.isRootless(), "needs owners and devices that only root can make");
    Container container = container(true, "mkfifo /d/pipe; mknod /d/null c 1 3");

    assertThat(names(container, "/d")).containsExactlyInAnyOrder("d/", "d/null", "d/pipe");
    assertThatThrownBy(() -> container.files().copyTo(host.resolve("file"), "/d/pipe"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void nothingOfAViewStays() throws IOException {
    Container running = container(true, "true");
    Container stopped = container(false, "true");
    for (int i = 0; i < 20; i++) {
      running.files().stat("/foo");
      stopped.files().stat("/foo");
    }

    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(FIXTURE.dataDirectory().toString());
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(fds.map(FileAccessIT::target).filter(t -> t.startsWith("mnt:"))).isEmpty();
    }
    stopped.start();
    assertThat(stopped.waitForExit()).isNotNegative();
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
