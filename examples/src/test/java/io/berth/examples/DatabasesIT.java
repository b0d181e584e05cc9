package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Engine;
import io.berth.testing.DebianImages;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Databases in Testcontainers, with no Docker: what a user's tests look like. */
@Timeout(120)
class DatabasesIT {
  @TempDir static Path root;
  private static Engine engine;

  @BeforeAll
  static void useBerth() {
    System.setProperty("berth.testcontainers", "true");
    System.setProperty("berth.root", root.resolve("data").toString());
    engine = Berth.open(root.resolve("data"));
  }

  @AfterAll
  static void close() {
    engine.containers().list().forEach(c -> c.remove(true));
    engine.close();
  }

  @Test
  void redisKeepsAValue() throws IOException {
    DebianImages.redis(engine);
    try (GenericContainer<?> redis =
        new GenericContainer<>("redis:7")
            .withExposedPorts(6379)
            .waitingFor(Wait.forLogMessage(".*Ready to accept connections.*\\n", 1))) {
      redis.start();

      try (Socket socket = new Socket(redis.getHost(), redis.getMappedPort(6379))) {
        assertThat(ask(socket, "SET greeting hello")).isEqualTo("+OK\r\n");
        assertThat(ask(socket, "GET greeting")).isEqualTo("$5\r\nhello\r\n");
      }
    }
  }

  private static String ask(Socket socket, String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    byte[] answer = new byte[100];
    int length = socket.getInputStream().read(answer);
    return new String(answer, 0, length, StandardCharsets.US_ASCII);
  }

  @Test
  void postgresAnswersOverJdbc() throws Exception {
    DebianImages.postgres(engine);
    try (GenericContainer<?> postgres =
        new GenericContainer<>("postgres:15")
            .withExposedPorts(5432)
            .waitingFor(Wait.forLogMessage(".*ready to accept connections.*\\n", 1))) {
      postgres.start();
      String url =
          "jdbc:postgresql://"
              + postgres.getHost()
              + ":"
              + postgres.getMappedPort(5432)
              + "/postgres?user=postgres";

      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE fruit (name text)");
        statement.execute("INSERT INTO fruit VALUES ('pear'), ('apple')");
        try (ResultSet rows = statement.executeQuery("SELECT min(name), count(*) FROM fruit")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("apple");
          assertThat(rows.getInt(2)).isEqualTo(2);
        }
      }
    }
  }
}
