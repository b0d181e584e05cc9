package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreePartTest {
  private static final long LIMIT = 64 << 10;

  @TempDir Path temp;
  private Path context;
  private Path root;
  private Fd contextFd;
  private Fd rootFd;
  private Predicate<String> ignored = path -> false;

  @BeforeEach
  void open() throws IOException {
    context = Files.createDirectory(temp.resolve("context"));
    root = Files.createDirectory(temp.resolve("root"));
    contextFd = FileCalls.openDirectory(context);
    rootFd = FileCalls.openDirectory(root);
  }

  @AfterEach
  void close() {
    contextFd.close();
    rootFd.close();
  }

  @Test
  void fileGoesToTheNameOrIntoTheDirectory() throws IOException {
    write("a.txt", "a");
    Files.createDirectories(root.resolve("there"));

    copy("/new/name", "a.txt");
    copy("/dir/", "a.txt");
    copy("/there", "a.txt");
    copy("/", "a.txt");

    assertThat(files()).containsExactly("a.txt", "dir/a.txt", "new/name", "there/a.txt");
  }

  @Test
  void directoryGivesItsContent() throws IOException {
    write("src/x", "x");
    write("src/deep/y", "y");
    Files.createSymbolicLink(context.resolve("src/link"), Path.of("deep/y"));

    copy("/app", "src");

    assertThat(files()).containsExactly("app/deep/y", "app/link", "app/x");
    assertThat(Files.readSymbolicLink(root.resolve("app/link"))).isEqualTo(Path.of("deep/y"));
  }

  @Test
  void modesAndTimesAreKept() throws IOException {
    Path file = write("run", "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_123L));

    copy("/run", "run");

    Path copied = root.resolve("run");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copied)))
        .isEqualTo("rwxr-x--x");
    assertThat(Files.getLastModifiedTime(copied).toMillis()).isEqualTo(1_000_000_123L);
  }

  @Test
  void patternsSelectByComponent() throws IOException {
    write("a.go", "");
    write("b.go", "");
    write("sub/c.go", "");
    write("[x].go", "");

    copy("/all/", "?.go");
    copy("/below/", "s*/*.go");
    copy("/odd/", "\\[x\\].go");

    assertThat(files()).containsExactly("all/a.go", "all/b.go", "below/c.go", "odd/[x].go");
  }

  @Test
  void sourceNeverLeavesTheContext() throws IOException {
    Files.writeString(temp.resolve("secret"), "s");
    Files.createSymbolicLink(context.resolve("out"), Path.of("../secret"));
    Files.createSymbolicLink(context.resolve("absolute"), temp.resolve("secret"));

    for (String source : List.of("../secret", "/../secret", "out", "absolute", "x/../../secret")) {
      assertThatThrownBy(() -> copy("/x", source))
          .as(source)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void linksInTheImageDoNotLeadOutOfIt() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve("absolute"), outside);
    Files.createSymbolicLink(root.resolve("up"), Path.of("../../../../../.." + outside));
    Files.createSymbolicLink(root.resolve("file"), outside.resolve("f"));
    Files.createDirectories(root.resolve("inner"));
    Files.createSymbolicLink(root.resolve("ok"), Path.of("/inner"));
    write("x", "x");

    copy("/ok/x", "x");
    assertThatThrownBy(() -> copy("/absolute/x", "x")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> copy("/up/x", "x")).isInstanceOf(RuntimeException.class);
    copy("/file", "x");

    try (Stream<Path> files = Files.list(outside)) {
      assertThat(files).isEmpty();
    }
    assertThat(root.resolve("inner/x")).hasContent("x");
    assertThat(root.resolve(outside.toString().substring(1)).resolve("f")).hasContent("x");
  }

  @Test
  void ignoredFilesAreNotThere() throws IOException {
    write("keep", "");
    write("drop", "");
    write("dir/drop", "");
    write("gone/drop", "");
    ignored = path -> path.equals("drop") || path.endsWith("/drop") || path.equals("gone");

    copy("/all/", ".");

    assertThat(files()).containsExactly("all/keep");
    assertThat(root.resolve("all/dir")).isDirectory();
    assertThat(root.resolve("all/gone")).doesNotExist();
    assertThatThrownBy(() -> copy("/x", "drop")).hasMessageContaining("ignore file");
  }

  @Test
  void ignoredDirectoryIsThereForTheSakeOfAnException() throws IOException {
    write("dir/drop", "");
    write("dir/keep", "");
    ignored = path -> path.startsWith("dir") && !path.equals("dir/keep");

    copy("/all/", ".");

    assertThat(files()).containsExactly("all/dir/keep");
  }

  @Test
  void severalFilesNeedASlash() throws IOException {
    write("a", "");
    write("b", "");

    assertThatThrownBy(() -> copy("/x", "a", "b")).hasMessageContaining("slash");
  }

  @Test
  void digestCountsContentModeAndNameButNotTime() throws IOException {
    Path file = write("d/f", "one");
    Digest first = digest("d");

    Files.setLastModifiedTime(file, FileTime.fromMillis(5));
    Digest touched = digest("d");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
    Digest mode = digest("d");
    Files.writeString(file, "two");
    Digest content = digest("d");
    Files.move(file, context.resolve("d/g"));
    Digest renamed = digest("d");

    assertThat(touched).isEqualTo(first);
    assertThat(List.of(first, mode, content, renamed)).doesNotHaveDuplicates();
  }

  @Test
  void archiveIsUnpackedByAddAndCopiedByCopy() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(context.resolve("a.tgz")));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      entry(tar, "d/f", "content");
    }
    write("plain.gz", "no archive");

    copy("/copied", "a.tgz");
    add("/added", "a.tgz");
    add("/plain/", "plain.gz");

    assertThat(files()).containsExactly("added/d/f", "copied", "plain/plain.gz");
    assertThat(root.resolve("added/d/f")).hasContent("content");
  }

  @Test
  void archiveCannotWriteOutsideItsDestination() throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(Files.newOutputStream(context.resolve("a.tar")))) {
      entry(tar, "../../../evil", "content");
    }

    assertThatThrownBy(() -> add("/x", "a.tar"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("would leave");
    assertThat(files()).isEmpty();
  }

  @Test
  void archiveThatUnpacksToTooMuchIsRefused() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(context.resolve("a.tgz")));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      entry(tar, "small", "content");
      entry(tar, "large", "0".repeat((int) LIMIT));
    }

    assertThatThrownBy(() -> add("/x", "a.tgz"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("large")
        .hasMessageContaining("limit of " + LIMIT);
    assertThat(root.resolve("x/large")).doesNotExist();
  }

  @Test
  void theHeadersOfAnArchiveCountAsWell() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(context.resolve("a.tgz")));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int i = 0; i <= LIMIT / 512; i++) {
        entry(tar, "empty", "");
      }
    }

    assertThatThrownBy(() -> add("/x", "a.tgz"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("limit of " + LIMIT);
  }

  private void entry(TarArchiveOutputStream tar, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private void add(String destination, String... sources) {
    copyAs("ADD", destination, sources);
  }

  private void copy(String destination, String... sources) {
    copyAs("COPY", destination, sources);
  }

  private void copyAs(String keyword, String destination, String... sources) {
    CopyRequest request =
        new CopyRequest(
            keyword,
            destination,
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            List.of(),
            Optional.empty(),
            LIMIT);
    CopySteps.write(
        new TreeWriter(rootFd),
        request,
        List.of(part(request, sources)),
        new Ownership(Optional.empty(), Optional.empty()));
  }

  private Digest digest(String... sources) {
    KeyDigest key = new KeyDigest("test");
    part(CopyRequest.everything(), sources).addTo(key);
    return key.digest();
  }

  private TreePart part(CopyRequest request, String... sources) {
    SourceTree tree = new SourceTree(contextFd, ignored, path -> false);
    return TreePart.of(request, List.of(sources), tree, "the context", false, this::content);
  }

  private Digest content(SourceItem item) {
    try {
      return Digest.sha256(Files.readAllBytes(context.resolve(item.source())));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(String name, String content) throws IOException {
    Path file = context.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> root.relativize(file).toString())
          .filter(name -> !Files.isSymbolicLink(root.resolve(name)) || name.startsWith("app"))
          .sorted()
          .toList();
    }
  }
}
