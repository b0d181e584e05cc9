package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.server.UnixHttp.Reply;
import io.berth.server.http.Limits;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take more than they may, or what is not theirs; the server lives on. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class LimitsIT {
  private static final int REQUESTS = 6;
  private static final Limits SMALL =
      new Limits(
          4096,
          8192,
          64 << 10,
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          REQUESTS);

  @RegisterExtension static final TestEngine ENGINE = TestEngine.create();

  private static Path directory;
  private static ApiServer server;

  @BeforeAll
  static void serve() throws IOException {
    directory = Files.createTempDirectory("berth-limits-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    server =
        ApiServer.builder(ENGINE.engine()).unixSocket(directory.resolve("s")).limits(SMALL).start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
      Files.deleteIfExists(directory.resolve("s"));
      Files.delete(directory);
    }
  }

  private static UnixHttp connect() throws IOException {
    return new UnixHttp(server.unixSockets().get(0));
  }

  @AfterEach
  void livesOn() throws IOException {
    assertThat(UnixHttp.ask(server.unixSockets().get(0), "GET", "/_ping", "").text())
        .isEqualTo("OK");
  }

  @Test
  void hangsUpOnHeadersThatDoNotArrive() throws IOException {
    try (UnixHttp http = connect()) {
      assertThat(http.send("GET /_ping HTTP/1.1\r\nHost:").readToEnd()).isEmpty();
    }
  }

  @Test
  void hangsUpOnBodiesThatDoNotArrive() throws IOException {
    try (UnixHttp http = connect()) {
      http.send(
          "POST /containers/create HTTP/1.1\r\nContent-Type: application/json\r\n"
              + "Content-Length: 10\r\n\r\n{");

      assertThat(http.reply(false).status()).isEqualTo(408);
    }
  }

  @Test
  void refusesDocumentsWithoutEnd() throws IOException {
    try (UnixHttp http = connect()) {
      http.send(
          "POST /containers/create HTTP/1.1\r\nContent-Type: application/json\r\n"
              + "Content-Length: 1073741824\r\n\r\n{\"Image\":\""
              + "a".repeat(SMALL.document() + 1));

      Reply reply = http.reply(false);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.text()).contains("too large");
      byte[] more = new byte[1 << 20];
      assertThat(sent(http, more)).isLessThan(1024);
    }
  }

  /** How many pieces are taken before the server hangs up. */
  private static int sent(UnixHttp http, byte[] piece) {
    for (int i = 0; i < 1024; i++) {
      try {
        http.send(piece);
      } catch (IOException e) {
        return i;
      }
    }
    return 1024;
  }

  @Test
  void refusesFloodsOfHeaders() throws IOException {
    try (UnixHttp http = connect()) {
      http.send("GET /_ping HTTP/1.1\r\n" + "A: b\r\n".repeat(5000));
      assertThat(http.headers().status()).isEqualTo(400);
    } catch (IOException e) {
      // Hung up on while it was still sending.
    }
  }

  @Test
  void refusesMoreRequestsAtOnce() throws IOException {
    List<UnixHttp> all = new ArrayList<>();
    try {
      for (int i = 0; i < REQUESTS; i++) {
        UnixHttp http = connect();
        all.add(http);
        http.send(UnixHttp.request("GET", "/events", ""));
        assertThat(http.headers().status()).isEqualTo(200);
      }
      try (UnixHttp http = connect()) {
        assertThat(http.send(UnixHttp.request("GET", "/_ping", "")).reply(false).status())
            .isEqualTo(503);
      }
    } finally {
      for (UnixHttp http : all) {
        http.close();
      }
    }
    // Their threads notice that they have gone.
    Await.pass(
        () -> {
          try (UnixHttp http = connect()) {
            assertThat(http.send(UnixHttp.request("GET", "/_ping", "")).reply(false).status())
                .isEqualTo(200);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/images/load", "/build", "/images/create?fromSrc=-&repo=x"})
  void refusesArchivesThatAreNone(String path) throws IOException {
    byte[] garbage = ("\u0001garbage\u0000".repeat(1000)).getBytes(StandardCharsets.ISO_8859_1);
    try (UnixHttp http = connect()) {
      http.send(
          "POST "
              + path
              + " HTTP/1.1\r\nContent-Type: application/x-tar\r\nContent-Length: "
              + garbage.length
              + "\r\n\r\n");
      Reply reply = http.send(garbage).reply(false);

      assertThat(reply.status()).as(reply.text()).isEqualTo(400);
      assertThat(reply.text())
          .startsWith("{\"message\":\"")
          .doesNotContain("io.berth", "Exception", "\tat ");
    }
  }

  @Test
  void nobodyElseMayConnect() throws Exception {
    Ran ran =
        Ran.of(
            List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "docker",
                "-H",
                "unix://" + server.unixSockets().get(0),
                "ps"),
            "",
            "");

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("permission denied");
  }
}
