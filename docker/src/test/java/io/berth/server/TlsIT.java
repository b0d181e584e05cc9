package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** TCP with certificates of both sides; keys are made by openssl. */
@Timeout(120)
class TlsIT {
  private static final String IMAGE = TestEngine.IMAGE;

  @RegisterExtension static final TestEngine ENGINE = TestEngine.create();

  @TempDir private static Path directory;
  private static ApiServer server;

  @BeforeAll
  static void serve() throws Exception {
    authority("ours");
    authority("other");
    certificate("ours", "server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    certificate("ours", "client", "extendedKeyUsage=clientAuth");
    certificate("other", "stranger", "extendedKeyUsage=clientAuth");
    server =
        ApiServer.builder(ENGINE.engine())
            .tcp(loopback(), new TlsFiles(file("ours.crt"), file("server.crt"), file("server.key")))
            .start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static Path file(String name) {
    return directory.resolve(name);
  }

  private static void openssl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Ran ran = Ran.of(command, "", "");
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  private static void authority(String name) throws Exception {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        file(name + ".key").toString(),
        "-out",
        file(name + ".crt").toString());
  }

  private static void certificate(String authority, String name, String extension)
      throws Exception {
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        file(name + ".key").toString(),
        "-out",
        file(name + ".csr").toString());
    Path extensions = Files.writeString(file(name + ".ext"), extension);
    openssl(
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        file(name + ".csr").toString(),
        "-CA",
        file(authority + ".crt").toString(),
        "-CAkey",
        file(authority + ".key").toString(),
        "-CAcreateserial",
        "-extfile",
        extensions.toString(),
        "-out",
        file(name + ".crt").toString());
  }

  private static String host() {
    return "tcp://localhost:" + server.addresses().get(0).getPort();
  }

  /** The docker command with the certificate of a client. */
  private static Ran docker(String client, String authority, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "docker",
                "--tlsverify",
                "--tlscacert",
                file(authority + ".crt").toString(),
                "--tlscert",
                file(client + ".crt").toString(),
                "--tlskey",
                file(client + ".key").toString()));
    command.addAll(List.of(arguments));
    return Ran.of(command, "", host());
  }

  @Test
  void aClientWithACertificateOfTheAuthorityMayDoAll() throws Exception {
    assertThat(docker("client", "ours", "version", "-f", "{{.Server.Os}}").out())
        .isEqualTo("linux\n");
    assertThat(docker("client", "ours", "run", "--rm", IMAGE, "sh", "-c", "echo o; exit 4"))
        .isEqualTo(new Ran(4, "o\n", ""));
  }

  @Test
  void streamsLeaveHttpInsideOfTls() throws Exception {
    List<String> command =
        List.of(
            "docker",
            "--tlsverify",
            "--tlscacert",
            file("ours.crt").toString(),
            "--tlscert",
            file("client.crt").toString(),
            "--tlskey",
            file("client.key").toString(),
            "run",
            "-i",
            "--rm",
            IMAGE,
            "cat");
    String much = "line\n".repeat(50_000);

    Ran ran = Ran.of(command, much, host());

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo(much);
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() throws Exception {
    Ran ran = docker("stranger", "ours", "ps");

    assertThat(ran.code()).isNotZero();
    // It hears why, or that it was hung up on while it was still sending.
    assertThat(ran.err()).containsPattern("(?i)tls|reset|broken pipe");
  }

  @Test
  void aServerOfAnotherAuthorityIsNotBelieved() throws Exception {
    Ran ran = docker("client", "other", "ps");

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("certificate");
  }

  @Test
  void aClientWithoutACertificateIsRefused() throws Exception {
    Ran ran =
        Ran.of(
            List.of("docker", "--tls", "--tlscacert", file("ours.crt").toString(), "ps"),
            "",
            host());

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).containsPattern("(?i)certificate|reset|broken pipe");
  }

  @Test
  void whoSpeaksPlainHttpGetsNothing() throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(server.addresses().get(0));
      socket
          .getOutputStream()
          .write("GET /info HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

      assertThat(answer).doesNotContain("HTTP/1.1", "{");
    } catch (java.net.SocketException e) {
      // Hung up on.
    }
    assertThat(docker("client", "ours", "version").code()).isZero();
  }

  @Test
  void filesThatAreNoKeysAreRefused() throws Exception {
    Path none = Files.writeString(file("none"), "no key");
    ApiServerBuilder builder =
        ApiServer.builder(ENGINE.engine())
            .tcp(loopback(), new TlsFiles(none, file("server.crt"), none));

    assertThatThrownBy(builder::start)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("TLS");
  }

  @Test
  void withoutTlsItMustBeAskedForInWords() throws Exception {
    try (ApiServer open =
        ApiServer.builder(ENGINE.engine()).tcpWithoutTlsForAnybody(loopback()).start()) {
      String host = "tcp://127.0.0.1:" + open.addresses().get(0).getPort();

      assertThat(Ran.of(List.of("docker", "ps", "-q"), "", host).code()).isZero();
    }
  }
}
