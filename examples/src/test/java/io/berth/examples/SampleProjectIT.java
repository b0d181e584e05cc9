package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Trees;
import io.berth.testing.DebianImages;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The project {@code examples/redis-test} passes with {@code mvn test} where there is no Docker. It
 * gets Berth from a repository of files, everything else from what this build has downloaded, and
 * Redis from an archive; nothing comes over a network, and the user's own repository is only read.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SampleProjectIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static final String VERSION = "0.1.0-SNAPSHOT";
  private static final List<String> MODULES = List.of("oci", "layers", "net", "core", "docker");

  @TempDir static Path directory;

  @BeforeAll
  static void prepare() throws IOException {
    assumeFalse(Files.exists(Path.of("/var/run/docker.sock")), "there is a Docker on this host");
    assumeTrue(System.getenv("DOCKER_HOST") == null, "DOCKER_HOST names a Docker");
    DebianImages.redis(FIXTURE.engine());
    FIXTURE.engine().images().save("redis:7").to(directory.resolve("redis.tar"));
    Path repository = directory.resolve("repository/io/berth");
    Path parent = Files.createDirectories(repository.resolve("berth-parent/" + VERSION));
    Files.copy(Path.of("../pom.xml"), parent.resolve("berth-parent-" + VERSION + ".pom"));
    for (String module : MODULES) {
      Path files = Files.createDirectories(repository.resolve("berth-" + module + "/" + VERSION));
      String name = "berth-" + module + "-" + VERSION;
      Files.copy(Path.of("..", module, "pom.xml"), files.resolve(name + ".pom"));
      zip(Path.of("..", module, "target/classes"), files.resolve(name + ".jar"));
    }
    Files.writeString(directory.resolve("settings.xml"), settings());
    for (String file :
        List.of(
            "pom.xml",
            "src/test/java/example/CacheTest.java",
            "src/test/java/example/DirectTest.java")) {
      Path copy = directory.resolve("project").resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("redis-test").resolve(file), copy);
    }
  }

  @AfterAll
  static void removeData() {
    if (Files.exists(directory.resolve("data"))) {
      TestAccess.remove(directory.resolve("data"));
    }
  }

  private static void zip(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  private static String settings() {
    String downloaded =
        System.getProperty(
            "berth.local-repository", System.getProperty("user.home") + "/.m2/repository");
    assumeTrue(Files.isDirectory(Path.of(downloaded)), "needs Maven's repository " + downloaded);
    return """
    <settings>
      <localRepository>%1$s/local</localRepository>
      <mirrors>
        <mirror><id>downloaded</id><mirrorOf>*,!berth</mirrorOf><url>file://%2$s</url></mirror>
      </mirrors>
      <profiles>
        <profile>
          <id>berth</id>
          <repositories>
            <repository>
              <id>berth</id>
              <url>file://%1$s/repository</url>
              <snapshots><enabled>true</enabled></snapshots>
            </repository>
          </repositories>
        </profile>
      </profiles>
      <activeProfiles><activeProfile>berth</activeProfile></activeProfiles>
    </settings>
    """
        .formatted(directory, downloaded);
  }

  @ParameterizedTest
  @CsvSource({"2.0.5, 17", "2.0.5, 25", "1.21.4, 17"})
  void passes(String testcontainers, int jdk) throws Exception {
    Path home = jdk(jdk);
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("berth.maven-home", "/usr/share/maven") + "/bin/mvn",
            "-B",
            "-s",
            directory.resolve("settings.xml").toString(),
            "-Dtestcontainers.version=" + testcontainers,
            "-Dberth.root=" + directory.resolve("data"),
            "-Dberth.images=" + directory.resolve("redis.tar"),
            "-Dstyle.color=never",
            "test");
    Path project = directory.resolve("project");
    Trees.remove(project.resolve("target"));
    builder.directory(project.toFile());
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().put("MAVEN_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    builder.environment().remove("MAVEN_CMD_LINE_ARGS");
    Path log = directory.resolve("maven.log");
    Process maven = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    maven.getOutputStream().close();

    boolean ended = maven.waitFor(220, TimeUnit.SECONDS);

    if (!ended) {
      maven.descendants().forEach(ProcessHandle::destroyForcibly);
      maven.destroyForcibly().waitFor();
    }
    assertThat(ended && maven.exitValue() == 0).as(Files.readString(log)).isTrue();
    assertThat(log).content().contains("Tests run: 3, Failures: 0, Errors: 0, Skipped: 0");
  }

  private static Path jdk(int version) {
    Path own = Path.of(System.getProperty("java.home"));
    if (Runtime.version().feature() == version) {
      return own;
    }
    try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
      List<Path> found =
          all.filter(p -> p.getFileName().toString().matches("[a-z-]*" + version + "\\b.*"))
              .filter(p -> Files.isExecutable(p.resolve("bin/javac")))
              .toList();
      assumeFalse(found.isEmpty(), "needs a JDK " + version + " in /usr/lib/jvm");
      return found.get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
