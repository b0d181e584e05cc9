package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Programs;
import io.berth.testing.DebianImages;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.NginxContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A web server of its own module, as its users have it. */
@Timeout(120)
class NginxIT {
  @RegisterExtension static final Offline OFFLINE = new Offline();

  private static final String IMAGE = "nginx:1.22";
  private static final String PAGES = "/usr/share/nginx/html";

  @TempDir Path directory;

  /**
   * Its constructors differ in what they say of themselves to the compiler, in versions 1 and 2.
   */
  @SuppressWarnings("deprecation")
  private static final class Nginx extends NginxContainer<Nginx> {
    Nginx() {
      super(DockerImageName.parse(IMAGE));
      waitingFor(Wait.forHttp("/"));
    }

    String get(String path) throws IOException {
      try (var in = new URL(getBaseUrl("http", 80), path).openStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  @BeforeAll
  static void buildTheImage() {
    DebianImages.nginx(OFFLINE.engine());
  }

  @Test
  void theModuleServesTheImagesPage() throws Exception {
    try (Nginx nginx = new Nginx()) {
      nginx.start();

      assertThat(nginx.get("/")).isEqualTo("Welcome to nginx!\n");
      assertThat(nginx.getBaseUrl("http", 80).getPort()).isEqualTo(nginx.getMappedPort(80));
    }
  }

  @Test
  void pagesAreCopiedIntoIt() throws Exception {
    Path page = Files.writeString(directory.resolve("index.html"), "from a file");
    try (Nginx nginx =
        new Nginx()
            .withCopyFileToContainer(MountableFile.forHostPath(page), PAGES + "/index.html")
            .withCopyToContainer(Transferable.of("made up"), PAGES + "/more/made.html")) {
      nginx.start();
      nginx.copyFileToContainer(Transferable.of("later"), PAGES + "/later.html");

      assertThat(nginx.get("/")).isEqualTo("from a file");
      assertThat(nginx.get("/more/made.html")).isEqualTo("made up");
      assertThat(nginx.get("/later.html")).isEqualTo("later");
    }
  }

  @Test
  void aDirectoryOfTheHostIsServedAsItChanges() throws Exception {
    // The server's workers are of another user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(directory.resolve("index.html"), "bound");
    try (Nginx nginx =
        new Nginx().withFileSystemBind(directory.toString(), PAGES, BindMode.READ_ONLY)) {
      nginx.start();

      assertThat(nginx.get("/")).isEqualTo("bound");
      Files.writeString(directory.resolve("new.html"), "new");
      assertThat(nginx.get("/new.html")).isEqualTo("new");
    }
  }

  @Test
  void requestsAreInItsLogAndErrorsToo() throws Exception {
    WaitingConsumer log = new WaitingConsumer();
    try (Nginx nginx = new Nginx().withLogConsumer(log)) {
      nginx.start();
      nginx.get("/?asked");

      log.waitUntil(
          f -> f.getType() == OutputFrame.OutputType.STDOUT && f.getUtf8String().contains("asked"),
          60,
          TimeUnit.SECONDS);
      assertThat(nginx.getLogs(OutputFrame.OutputType.STDOUT)).contains("GET /?asked");
    }
  }

  @Test
  void anImageOfOnesOwnIsMadeFromIt() throws Exception {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString("site/index.html", "built")
            .withDockerfileFromBuilder(b -> b.from(IMAGE).copy("site", PAGES).build());
    try (GenericContainer<?> nginx =
        new GenericContainer<>(image).withExposedPorts(80).waitingFor(Wait.forHttp("/"))) {
      nginx.start();

      assertThat(Apps.get(nginx, 80, "/")).isEqualTo("built");
    }
  }

  @Test
  void itStandsInFrontOfAnotherContainer() throws Exception {
    String conf =
        """
        events {}
        http { server { listen 80; location / { proxy_pass http://behind:8080; } } }
        """;
    try (Network network = Network.newNetwork();
        GenericContainer<?> behind =
            Apps.web("echo behind > /www/index.html")
                .withNetwork(network)
                .withNetworkAliases("behind");
        Nginx nginx =
            new Nginx()
                .withNetwork(network)
                .dependsOn(behind)
                .withCopyToContainer(Transferable.of(conf), "/etc/nginx/nginx.conf")) {
      nginx.start();

      assertThat(nginx.get("/")).isEqualTo("behind\n");
    }
  }

  @Test
  void itIsWaitedForOverTls() throws Exception {
    assumeTrue(Programs.find("openssl").isPresent(), "needs the Debian package openssl");
    Path pem = directory.resolve("both.pem");
    String key = pem.toString();
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-nodes",
                "-newkey",
                "rsa:2048",
                "-subj",
                "/CN=localhost",
                "-keyout",
                key,
                "-out",
                key)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(made.waitFor()).isZero();
    String conf =
        """
        events {}
        http {
          server { listen 443 ssl; ssl_certificate /pem; ssl_certificate_key /pem; root %s; }
        }
        """
            .formatted(PAGES);
    try (Nginx nginx =
        new Nginx()
            .withExposedPorts(443)
            .withCopyToContainer(Transferable.of(conf), "/etc/nginx/nginx.conf")
            .withCopyFileToContainer(MountableFile.forHostPath(pem, 0644), "/pem")
            .waitingFor(Wait.forHttps("/").forPort(443).allowInsecure())) {
      nginx.start();

      assertThat(nginx.getBaseUrl("https", 443).getPort()).isEqualTo(nginx.getMappedPort(443));
    }
  }
}
