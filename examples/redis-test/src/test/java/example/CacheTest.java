package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/** A test as it is written for Docker; nothing in it speaks of Berth. */
class CacheTest {
  private static final GenericContainer<?> REDIS =
      new GenericContainer<>("redis:7").withExposedPorts(6379);

  @BeforeAll
  static void start() {
    REDIS.start();
  }

  @AfterAll
  static void stop() {
    REDIS.stop();
  }

  @Test
  void keepsWhatWasSet() throws IOException {
    try (Socket socket = new Socket(REDIS.getHost(), REDIS.getFirstMappedPort())) {
      assertEquals("+OK", ask(socket, "SET fruit pear"));
      assertEquals("$4", ask(socket, "GET fruit"));
    }
  }

  @Test
  void runsItsOwnClient() throws IOException, InterruptedException {
    assertEquals("PONG\n", REDIS.execInContainer("redis-cli", "ping").getStdout());
  }

  private static String ask(Socket socket, String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }
}
