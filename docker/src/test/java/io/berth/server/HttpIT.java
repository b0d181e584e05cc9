package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.server.UnixHttp.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol under the commands: what is well-formed, what is not, and streams. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class HttpIT {
  private static final String IMAGE = "busybox:test";

  @RegisterExtension static final Served SERVED = new Served();

  private static UnixHttp connect() throws IOException {
    return new UnixHttp(SERVED.socket());
  }

  @Test
  void onlyTheOwnerAndTheGroupMaySpeak() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(SERVED.socket())))
        .isEqualTo("rw-rw----");
  }

  @Test
  void oneServerHasASocket() {
    ApiServerBuilder second = ApiServer.builder(SERVED.engine()).unixSocket(SERVED.socket());

    assertThatThrownBy(second::start).isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> ApiServer.builder(SERVED.engine()).start())
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void saysWhatItIsToAPing() throws Exception {
    Reply reply = SERVED.ask("HEAD", "/_ping", "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers())
        .containsEntry("api-version", "1.55")
        .containsEntry("ostype", "linux")
        .containsEntry("builder-version", "2")
        .containsEntry("swarm", "inactive");
    assertThat(SERVED.ask("GET", "/v1.24/_ping", "").text()).isEqualTo("OK");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1.24/info,200",
    "/v1.55/info,200",
    "/info,200",
    "/v1.23/info,400",
    "/v1.56/info,400",
    "/v2.0/info,400",
    "/vx/info,404",
    "/v1.44/nope,404",
    "//info,404"
  })
  void speaksTheVersionsFromTheOldestToTheNewest(String path, int status) throws Exception {
    Reply reply = SERVED.ask("GET", path, "");

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text()).startsWith(status == 200 ? "{\"ID\"" : "{\"message\":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "\u0000\u0001\u0002\r\n\r\n",
        "POST /containers/create HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /containers/create HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        "GET /info HTTP/1.1\r\nbad header\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "GET /%ff HTTP/1.1\r\n\r\n",
        "GET /containers/json?all=%a HTTP/1.1\r\nConnection: close\r\n\r\n",
        "POST /containers/create HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /containers/create HTTP/1.1\r\nContent-Length: +5\r\n\r\nabcde",
        "POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "GET /info HTTP/1.1\r\nA\u0000B: c\r\n\r\n",
        "GET /info HTTP/1.1\r\nHost : d\r\n\r\n"
      })
  void refusesWhatIsNoHttp(String request) throws Exception {
    try (UnixHttp http = connect()) {
      String answer = new String(http.send(request).endInput().readToEnd(), StandardCharsets.UTF_8);

      assertThat(answer).doesNotContain("Exception", "at io.berth", "java.");
      assertThat(answer)
          .satisfiesAnyOf(
              a -> assertThat(a).startsWith("HTTP/1.1 400 "),
              a -> assertThat(a).startsWith("HTTP/1.1 404 "),
              a -> assertThat(a).isEmpty());
    }
    assertThat(SERVED.ask("GET", "/_ping", "").status()).isEqualTo(200);
  }

  /** Two lengths: were there a proxy, it could take another, and hide a request in the body. */
  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 4\r\nTransfer-Encoding: chunked", "Content-Length: 0, 50"})
  void answersNoRequestThatIsHiddenInAnother(String lengths) throws Exception {
    String hidden = "POST /volumes/create HTTP/1.1\r\nContent-Length: 17\r\n\r\n";
    try (UnixHttp http = connect()) {
      http.send(
          "POST /containers/create?name=a HTTP/1.1\r\nContent-Type: application/json\r\n"
              + lengths
              + "\r\n\r\n0\r\n\r\n"
              + hidden
              + "{\"Name\":\"hidden\"}");

      assertThat(new String(http.endInput().readToEnd(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400 ");
    }
    assertThat(SERVED.engine().volumes().find("hidden")).isEmpty();
  }

  @Test
  void refusesDocumentsOfAnyDepth() throws Exception {
    for (String deep :
        new String[] {
          "[".repeat(1 << 20), "{\"HostConfig\":".repeat(100_000), "{\"a\":[".repeat(99999)
        }) {
      Reply reply = SERVED.ask("POST", "/containers/create", deep);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.text()).doesNotContain("io.berth", "Exception");
    }
    assertThat(SERVED.ask("GET", "/containers/json?filters=" + "[".repeat(30_000), "").status())
        .isEqualTo(400);
  }

  @Test
  void refusesHeadersAndLinesWithoutEnd() throws Exception {
    for (String start : new String[] {"GET /" + "a".repeat(70_000), "GET / HTTP/1.1\r\nA: "}) {
      try (UnixHttp http = connect()) {
        http.send(start + "b".repeat(200_000));
        assertThat(http.headers().status()).isEqualTo(400);
      } catch (IOException e) {
        // Hung up on while it was still sending.
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "null",
        "{\"Image\":5}",
        "{\"Image\":{}}",
        "{\"Cmd\":\"sh\"}",
        "{} {}",
        "{\"HostConfig\":{\"Memory\":1e99}}",
        "{\"HostConfig\":{\"PortBindings\":[]}}",
        "{}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"PortBindings\":{\"x\":null}}}",
        "{\"Image\":\"busybox:test\",\"Env\":[\"=x\"]}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"Binds\":[\"::::\"]}}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"x\"}]}}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"Mounts\":[null]}}",
        "{\"Image\":\"busybox:test\",\"Cmd\":[null]}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"x\"}}}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"x\"}}}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"SecurityOpt\":[\"x\"]}}",
        "{\"Image\":\"busybox:test\",\"HostConfig\":{\"NanoCpus\":99000000000000}}"
      })
  void refusesDocumentsThatMeanNothing(String json) throws Exception {
    Reply reply = SERVED.ask("POST", "/containers/create", json);

    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(reply.text()).startsWith("{\"message\":\"").doesNotContain("io.berth", "Exception");
    assertThat(SERVED.engine().containers().list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/containers/json?filters={",
        "/containers/json?filters=[]",
        "/containers/json?filters={%22x%22:[%22y%22]}",
        "/containers/json?limit=x",
        "/containers/json?filters={%22status%22:[%22x%22]}",
        "/events?since=x",
        "/containers/json?filters={%22label%22:5}",
        "/images/json?filters={%22x%22:[%22y%22]}",
        "/networks?filters={%22x%22:[%22y%22]}",
        "/volumes?filters={%22x%22:[%22y%22]}",
        "/images/search?term=x&limit=1000",
        "/system/df?type=x"
      })
  void refusesParametersThatMeanNothing(String path) throws Exception {
    assertThat(SERVED.ask("GET", path, "").status()).isEqualTo(400);
  }

  @Test
  void answersRequestsOnOneConnectionInTurn() throws Exception {
    try (UnixHttp http = connect()) {
      String ping = UnixHttp.request("GET", "/_ping", "");
      http.send(ping + UnixHttp.request("GET", "/nope", "") + ping);

      assertThat(http.reply(false).text()).isEqualTo("OK");
      assertThat(http.reply(false).status()).isEqualTo(404);
      assertThat(http.reply(false).text()).isEqualTo("OK");
      http.send(
          "POST /containers/create HTTP/1.1\r\nContent-Type: text/plain\r\n"
              + "Content-Length: 10\r\n\r\n0123456789"
              + ping);
      assertThat(http.reply(false).status()).isEqualTo(400);
      assertThat(http.reply(false).text()).isEqualTo("OK");
    }
  }

  @Test
  void takesChunkedBodiesAndWaitsForThoseWhoAskFirst() throws Exception {
    try (UnixHttp http = connect()) {
      http.send(
          "POST /networks/create HTTP/1.1\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
      assertThat(http.headers().status()).isEqualTo(100);
      http.send("8\r\n{\"Name\":\r\n3\r\n\"\"}\r\n0\r\n\r\n");
      assertThat(http.reply(false).text()).contains("invalid name");
    }
  }

  @Test
  void keepsReadingAfterTheClientHasEndedItsHalf() throws Exception {
    Container container =
        SERVED
            .engine()
            .containers()
            .create(IMAGE)
            .openStdin(true)
            .command("cat")
            .detached(true)
            .create();
    try (UnixHttp http = connect()) {
      http.send(
          "POST /containers/"
              + container.id()
              + "/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\n"
              + "Connection: Upgrade\r\n\r\n");
      Reply reply = http.headers();
      assertThat(reply.status()).isEqualTo(101);
      assertThat(reply.headers())
          .containsEntry("content-type", "application/vnd.docker.multiplexed-stream");
      container.start();
      http.send("echoed").endInput();

      byte[] frame = http.readToEnd();

      assertThat(frame).startsWith(1, 0, 0, 0, 0, 0, 0, 6);
      assertThat(new String(frame, 8, 6, StandardCharsets.UTF_8)).isEqualTo("echoed");
      assertThat(container.waitForExit()).isZero();
    } finally {
      container.remove(true);
    }
  }

  @Test
  void attachesWebSockets() throws Exception {
    Container container =
        SERVED
            .engine()
            .containers()
            .create(IMAGE)
            .openStdin(true)
            .command("cat")
            .detached(true)
            .start();
    try (UnixHttp http = connect()) {
      http.send(
          "GET /containers/"
              + container.id()
              + "/attach/ws?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\nUpgrade: websocket\r\n"
              + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      Reply reply = http.headers();
      assertThat(reply.status()).isEqualTo(101);
      assertThat(reply.headers())
          .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      // A binary frame from a client is masked; the mask may be zero.
      http.send(new byte[] {(byte) 0x82, (byte) 0x83, 0, 0, 0, 0, 'a', 'b', '\n'});

      assertThat(http.in().readNBytes(5)).containsExactly(0x82, 3, 'a', 'b', '\n');
      http.send(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
    } finally {
      container.remove(true);
    }
    assertThat(SERVED.ask("GET", "/containers/" + container.id() + "/attach/ws", "").status())
        .isEqualTo(404);
  }

  @Test
  void hangsUpOnFramesThatAreTooLarge() throws Exception {
    Container container =
        SERVED
            .engine()
            .containers()
            .create(IMAGE)
            .openStdin(true)
            .command("sleep", "1000")
            .detached(true)
            .start();
    try {
      for (byte[] frame :
          new byte[][] {
            {(byte) 0x82, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0}, // 2^63 - 1
            {(byte) 0x82, (byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0}, // negative
            {(byte) 0x82, 3, 'a', 'b', 'c'}, // not masked
            {(byte) 0xf2, (byte) 0x80, 0, 0, 0, 0}, // reserved bits
          }) {
        try (UnixHttp http = connect()) {
          http.send(
              "GET /containers/"
                  + container.id()
                  + "/attach/ws?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n"
                  + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
          assertThat(http.headers().status()).isEqualTo(101);
          http.send(frame);

          // Nothing, or a frame that says why, and the end.
          assertThat(http.readToEnd()).hasSizeLessThan(200);
        }
      }
      assertThat(container.state().status().isActive()).isTrue();
    } finally {
      container.remove(true);
    }
  }

  @Test
  void refusesAHandshakeThatIsNone() throws Exception {
    Container container = SERVED.engine().containers().create(IMAGE).create();
    try {
      assertThat(SERVED.ask("GET", "/containers/" + container.id() + "/attach/ws", "").status())
          .isEqualTo(400);
    } finally {
      container.remove(true);
    }
  }

  @Test
  void bringsNoBuildKit() throws Exception {
    assertThat(SERVED.ask("POST", "/session", "").status()).isEqualTo(400);
    assertThat(SERVED.ask("POST", "/build?version=2", "").status()).isEqualTo(400);
  }
}
