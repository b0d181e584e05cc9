package io.berth.remote.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.UnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to a server that answers whatever a test wants. */
class TransportTest {
  private final AtomicInteger connections = new AtomicInteger();
  private ServerSocket server;
  private Transport transport;

  /** Answers each request, and closes the connection after some of them. */
  private void serve(String answer, int requestsPerConnection) throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  connections.incrementAndGet();
                  for (int i = 0; i < requestsPerConnection; i++) {
                    readHead(socket.getInputStream());
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                  }
                } catch (IOException e) {
                  // The client has left.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    transport =
        new Transport(
            Address.parse("tcp://127.0.0.1:" + server.getLocalPort(), Optional.empty()), "test");
  }

  private static void readHead(InputStream in) throws IOException {
    int newlines = 0;
    for (int b = in.read(); b >= 0 && newlines < 2; ) {
      newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
      b = newlines < 2 ? in.read() : 0;
    }
  }

  @AfterEach
  void stop() throws IOException {
    if (transport != null) {
      transport.close();
      server.close();
    }
  }

  private String ask() throws IOException {
    try (Answer answer = transport.send(Ask.of("GET", "/x"))) {
      return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Content-Length: 5\\r\\n\\r\\nhello
          Transfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nhe\\r\\n3;x=y\\r\\nllo\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n
          \\r\\nhello
          """)
  void readsBodiesOfEachKind(String rest) throws IOException {
    serve("HTTP/1.1 200 OK\r\n" + rest.replace("\\r\\n", "\r\n"), 1);

    assertThat(ask()).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nnonsense\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nHalf: a head",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\u0015\u0003\u0001 an alert of TLS\n",
        ""
      })
  void refusesBrokenAnswers(String answer) throws IOException {
    serve(answer, 1);

    assertThatThrownBy(
            () -> {
              try {
                ask();
              } catch (IOException e) {
                throw transport.broken(e);
              }
            })
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("tcp://127.0.0.1:" + server.getLocalPort());
  }

  @Test
  void usesConnectionsAgainAndAsksOnceMoreWhereTheyWereClosed() throws IOException {
    serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 3);

    for (int i = 0; i < 9; i++) {
      assertThat(ask()).isEqualTo("hello");
    }

    assertThat(connections).hasValue(3);
  }

  @Test
  void passesOverWhatComesBeforeTheAnswer() throws IOException {
    serve("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1);

    assertThat(ask()).isEqualTo("ok");
  }
}
