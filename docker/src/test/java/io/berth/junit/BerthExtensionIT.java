package io.berth.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.testcontainers.Offline;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Containers in fields, and what is told of them to tests, which run in parallel. */
@ExtendWith(Offline.class)
@BerthTest
@Execution(ExecutionMode.CONCURRENT)
class BerthExtensionIT {
  @BerthContainer(
      image = Offline.BUSYBOX,
      command = {"sh", "-c", "echo hello > /index.html; exec httpd -f -p 8080 -h /"},
      ports = 8080)
  static Container web;

  @BerthContainer(
      image = Offline.BUSYBOX,
      command = {"sh", "-c", "echo ready $WHO; sleep 1000"},
      env = "WHO=me",
      log = "ready.*")
  Container each;

  @Test
  void containersAreReady() {
    assertThat(web.exec("wget", "-q", "-O", "-", "http://127.0.0.1:8080/").execute().stdout())
        .isEqualTo("hello\n");
    assertThat(each.logs().stdout()).isEqualTo("ready me\n");
  }

  @Test
  void portsAreGivenAsWanted(
      Engine engine,
      @ContainerPort(container = "web", value = 8080) int port,
      @ContainerPort(container = "web", value = 8080) URI uri,
      @ContainerPort(container = "web", value = 8080) InetSocketAddress address,
      @ContainerPort(container = "web", value = 8080) Socket socket)
      throws Exception {
    assertThat(engine.containers().find(web.id())).isPresent();
    assertThat(uri.getPort()).isEqualTo(port);
    assertThat(address.getPort()).isEqualTo(port);
    socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("hello\n");
  }

  @Nested
  class Inner {
    @Test
    void seesTheContainersAround(@ContainerPort(container = "web", value = 8080) int port) {
      assertThat(port).isPositive();
      assertThat(each.state().status().isActive()).isTrue();
    }
  }
}
