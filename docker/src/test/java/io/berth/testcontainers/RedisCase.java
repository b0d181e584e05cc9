package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.testing.DebianImages;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.containers.GenericContainer;

/** A redis test; run by {@link OrdinaryUserIT}. */
@Timeout(120)
class RedisCase {
  @RegisterExtension static final Offline OFFLINE = new Offline();

  @Test
  void redisAnswers() throws Exception {
    DebianImages.redis(OFFLINE.engine());
    try (GenericContainer<?> redis = new GenericContainer<>("redis:7").withExposedPorts(6379)) {
      redis.start();

      try (Socket socket = new Socket(redis.getHost(), redis.getFirstMappedPort())) {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
            .isEqualTo("+PONG");
      }
    }
  }
}
