package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir Path directory;
  private Path jar;
  private Path caches;

  /** What the archive is of. */
  static final class Greeting {
    private Greeting() {}

    public static void main(String[] args) {
      System.out.println("hello");
    }
  }

  @BeforeEach
  void makeJar() throws IOException {
    jar = directory.resolve("greeting.jar");
    caches = directory.resolve("caches");
    String entry = Greeting.class.getName().replace('.', '/') + ".class";
    try (InputStream in = Greeting.class.getClassLoader().getResourceAsStream(entry);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
    }
  }

  private ClassArchive archive() {
    return ClassArchive.of(List.of(jar), caches).orElseThrow();
  }

  private String run(List<String> beginning, String... options) throws Exception {
    List<String> command = new ArrayList<>(beginning);
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", jar.toString(), Greeting.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(caches.resolve("berth"))) {
      return all.toList();
    }
  }

  @Test
  void theFirstJvmWritesItAndTheNextOneUsesIt() throws Exception {
    assertThat(run(archive().use(JAVA), "-Xlog:disable")).isEqualTo("hello\n");
    assertThat(files()).hasSize(1);

    assertThat(run(archive().use(JAVA), "-Xlog:class+load", "-Xshare:auto"))
        .containsPattern("Greeting source: shared objects file \\(top\\)");
  }

  @Test
  void anotherJarHasAnotherOne() throws Exception {
    run(archive().use(JAVA), "-Xlog:disable");
    Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(1));

    assertThat(archive().use(JAVA)).first().isEqualTo("/bin/sh");
  }

  @Test
  void nothingIsLeftOfAJvmThatFails() throws Exception {
    assertThat(run(archive().use(JAVA), "-XX:NoSuchOption")).contains("NoSuchOption");

    assertThat(files()).isEmpty();
  }

  @Test
  void onlyAFewAreKept() throws Exception {
    archive();
    for (int i = 0; i < 10; i++) {
      Files.createFile(caches.resolve("berth/classes-old" + i + ".jsa"));
    }

    run(archive().use(JAVA), "-Xlog:disable");

    assertThat(files()).hasSize(7);
  }

  @Test
  void thereIsNoneOfDirectories() {
    assertThat(ClassArchive.of(List.of(directory), caches)).isEmpty();
  }

  @Test
  void aDirectoryThatOthersCanWriteIsNotUsed() throws Exception {
    archive();
    Files.setPosixFilePermissions(
        caches.resolve("berth"), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(ClassArchive.of(List.of(jar), caches)).isEmpty();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsDoneWithout() throws Exception {
    Files.createFile(caches);

    assertThat(ClassArchive.of(List.of(jar), caches)).isEmpty();
  }
}
