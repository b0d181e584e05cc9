package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.berth.api.Container;
import io.berth.junit.BerthContainer;
import io.berth.junit.BerthTest;
import io.berth.junit.ContainerPort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The same without Testcontainers. */
@BerthTest
class DirectTest {
  @BerthContainer(image = "redis:7", ports = 6379)
  static Container redis;

  @Test
  void answers(@ContainerPort(6379) Socket socket) throws IOException {
    socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));

    assertEquals("+PONG", new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
  }
}
