package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.linux.FileRights;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volume plugins that answer nonsense, or are not those of whom they should be. */
class HostilePluginTest {
  private static final String ACTIVE = answer("{\"Implements\":[\"VolumeDriver\"]}");

  @TempDir Path directory;

  private static String answer(String json) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\n\r\n" + json;
  }

  /** Gives one answer after the other, whatever is asked. */
  private Thread serve(Path socket, String... answers) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread thread =
        new Thread(
            () -> {
              try (server) {
                for (String each : answers) {
                  try (SocketChannel client = server.accept()) {
                    readRequest(client);
                    ByteBuffer out = ByteBuffer.wrap(each.getBytes(StandardCharsets.ISO_8859_1));
                    while (out.hasRemaining()) {
                      client.write(out);
                    }
                  } catch (IOException hungUp) {
                    // It has heard enough.
                  }
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "hostile-plugin");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** To the end of its body, which is an object without others in it. */
  private static void readRequest(SocketChannel client) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(4096);
    while (client.read(request) >= 0) {
      String text = new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
      if (text.contains("\r\n\r\n{") && text.endsWith("}")) {
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n[",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n7fffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{}",
        "HTTP/1.1 200 OK\r\n\r\n[[[[[[",
        "HTTP/1.1 200 OK\r\n\r\n{\"Mountpoint\":7}",
        "HTTP/1.1 200 OK\r\n\r\n{\"Mountpoint\":\"\"}",
        "HTTP/1.1 200 OK\r\n\r\n{\"Mountpoint\":\"../../etc\"}",
        "HTTP/1.1 200 OK\r\n\r\n{\"Mountpoint\":\"/a\\u0000b\"}",
        "HTTP/1.1 500 \u001b[31m\r\n\r\n",
      })
  void anAnswerThatMeansNothingIsAnError(String hostile) throws Exception {
    Path socket = directory.resolve("s.sock");
    Thread server = serve(socket, ACTIVE, hostile);
    PluginDriver driver =
        new PluginDriver("bad", new PluginClient("bad", UnixDomainSocketAddress.of(socket)));

    assertThatThrownBy(() -> driver.mount("v", "user")).isInstanceOf(BerthException.class);
    server.join();
  }

  @Test
  void aHeadWithoutEndIsCutOff() throws Exception {
    Path socket = directory.resolve("s.sock");
    Thread server = serve(socket, ACTIVE, "HTTP/1.1 200 OK\r\nA: " + "a".repeat(1 << 20));
    PluginDriver driver =
        new PluginDriver("bad", new PluginClient("bad", UnixDomainSocketAddress.of(socket)));

    assertThatThrownBy(() -> driver.list()).isInstanceOf(StorageException.class);
    server.join();
  }

  private VolumeDrivers drivers() {
    return new VolumeDrivers(
        FileRights.direct(),
        directory.resolve("volumes"),
        directory.resolve("own"),
        List.of(directory));
  }

  @Test
  void aPluginOfAnotherUserIsNotAsked() throws Exception {
    Path socket = directory.resolve("theirs.sock");
    serve(socket, ACTIVE);
    Path spec = Files.writeString(directory.resolve("spec.spec"), "unix://" + socket);
    Path link = directory.resolve("link.sock");
    Files.createSymbolicLink(link, socket);
    try {
      Files.setAttribute(socket, "unix:uid", 65534);
      Files.setAttribute(spec, "unix:uid", 65534);
    } catch (IOException e) {
      Assumptions.abort("needs root, who can give files to others");
    }

    for (String name : List.of("theirs", "spec", "link")) {
      assertThatThrownBy(() -> drivers().get(name))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("belongs to user 65534");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "tcp://", "unix:", "\0", "http://x:99999999/"})
  void anAddressThatIsNoneIsAnError(String address) throws IOException {
    Files.writeString(directory.resolve("bad.spec"), address);

    assertThatThrownBy(() -> drivers().get("bad")).isInstanceOf(BerthException.class);
    assertThat(drivers().names()).doesNotContain("bad");
  }
}
