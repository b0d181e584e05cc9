package io.berth.testcontainers;

import static io.berth.testcontainers.Apps.get;
import static io.berth.testcontainers.Apps.idle;
import static io.berth.testcontainers.Apps.web;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.ExposedPort;
import com.sun.net.httpserver.HttpServer;
import io.berth.testing.DebianImages;
import io.berth.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.Testcontainers;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.FixedHostPortGenericContainer;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.SocatContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** Networks, names, ports, and the host as containers see it. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworksIT {
  @RegisterExtension static final Offline OFFLINE = new Offline();

  /**
   * With nc: busybox's static wget may crash where names are resolved. Its input stays open, or
   * Testcontainers' forwarder would hang up before the answer.
   */
  private static String fetch(GenericContainer<?> from, String host, int port) throws Exception {
    String script =
        "mkfifo /p; exec 3<>/p; rm /p; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; timeout 60 nc "
            + host
            + " "
            + port
            + " <&3";
    ExecResult result = from.execInContainer("sh", "-c", script);
    String answer = result.getStdout();
    return result.getExitCode() == 0
        ? answer.substring(answer.indexOf("\r\n\r\n") + 4)
        : "failed: " + result.getStderr();
  }

  @Test
  void containersOfOtherNetworksAreNotReached() throws Exception {
    try (Network one = Network.newNetwork();
        Network two = Network.newNetwork();
        GenericContainer<?> web =
            web("echo hi > /www/index.html").withNetwork(one).withNetworkAliases("web");
        GenericContainer<?> near = idle().withNetwork(one);
        GenericContainer<?> far = idle().withNetwork(two)) {
      web.start();
      near.start();
      far.start();

      assertThat(fetch(near, "web", 8080)).isEqualTo("hi\n");
      assertThat(fetch(far, "web", 8080)).startsWith("failed");
    }
  }

  @Test
  void aNetworkHasTheOptionsThatWereAskedForAndGoesWhenItIsClosed() {
    String id;
    try (Network network =
        Network.builder()
            .driver("bridge")
            .createNetworkCmdModifier(c -> c.withLabels(Map.of("mine", "yes")).withInternal(true))
            .build()) {
      id = network.getId();

      var found = DockerClientFactory.instance().client().inspectNetworkCmd().withNetworkId(id);
      assertThat(found.exec().getLabels()).containsEntry("mine", "yes");
      assertThat(found.exec().getInternal()).isTrue();
    }
    assertThat(DockerClientFactory.instance().client().listNetworksCmd().exec())
        .noneMatch(n -> n.getId().equals(id));
  }

  @Test
  void theHostsNetworkOrNone() throws Exception {
    try (GenericContainer<?> host = idle().withNetworkMode("host");
        GenericContainer<?> none = idle().withNetworkMode("none")) {
      host.start();
      none.start();

      String ours =
          java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/net"))
              .toString();
      assertThat(host.execInContainer("readlink", "/proc/self/ns/net").getStdout().strip())
          .isEqualTo(ours);
      assertThat(none.execInContainer("ls", "/sys/class/net").getStdout()).isEqualTo("lo\n");
    }
  }

  @Test
  void extraNamesAndNamesOfHosts() throws Exception {
    try (GenericContainer<?> it =
        idle()
            .withExtraHost("elsewhere", "10.9.8.7")
            .withCreateContainerCmdModifier(c -> c.withHostName("me"))) {
      it.start();

      assertThat(it.execInContainer("cat", "/etc/hosts").getStdout()).contains("10.9.8.7");
      assertThat(it.execInContainer("hostname").getStdout()).isEqualTo("me\n");
    }
  }

  /** Before ports are exposed: Testcontainers connects each container to a network for them. */
  @Test
  @Order(1)
  void anotherContainersNetworkIsShared() throws Exception {
    try (GenericContainer<?> web = web("echo shared > /www/index.html")) {
      web.start();
      try (GenericContainer<?> it = idle().withNetworkMode("container:" + web.getContainerId())) {
        it.start();

        assertThat(fetch(it, "127.0.0.1", 8080)).isEqualTo("shared\n");
      }
    }
  }

  @Test
  @SuppressWarnings("deprecation")
  void aPortOfTheHostIsFixed() throws Exception {
    int port = FreePort.find();
    try (FixedHostPortGenericContainer<?> it =
        new FixedHostPortGenericContainer<>(Offline.BUSYBOX).withFixedExposedPort(port, 8080)) {
      it.withCommand("sh", "-c", "echo fixed > /index.html; exec httpd -f -p 8080 -h /");
      it.start();

      assertThat(it.getMappedPort(8080)).isEqualTo(port);
      assertThat(get(it, 8080, "/")).isEqualTo("fixed\n");
    }
  }

  @Test
  void severalPortsAreMappedEachToOneOfItsOwn() {
    try (GenericContainer<?> it =
        web("httpd -p 8081 -h /www; echo x > /www/index.html").withExposedPorts(8080, 8081)) {
      it.start();

      assertThat(it.getMappedPort(8080)).isNotEqualTo(it.getMappedPort(8081));
      assertThat(it.getFirstMappedPort()).isEqualTo(it.getMappedPort(8080));
      assertThat(get(it, 8081, "/")).isEqualTo("x\n");
    }
  }

  private static HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "from the host\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aPortOfTheHostIsReachedFromContainers() throws Exception {
    DebianImages.sshd(OFFLINE.engine());
    HttpServer server = server();
    int port = server.getAddress().getPort();
    try {
      Testcontainers.exposeHostPorts(port);
      Testcontainers.exposeHostPorts(Map.of(port, 4711));
      try (Network network = Network.newNetwork();
          GenericContainer<?> plain = idle();
          GenericContainer<?> inNetwork = idle().withNetwork(network)) {
        plain.start();
        inNetwork.start();

        String host = "host.testcontainers.internal";
        assertThat(fetch(plain, host, port)).isEqualTo("from the host\n");
        assertThat(fetch(plain, host, 4711)).isEqualTo("from the host\n");
        assertThat(fetch(inNetwork, host, port)).isEqualTo("from the host\n");
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aPortOfTheHostIsReachedByAContainerThatRunsAlready() throws Exception {
    DebianImages.sshd(OFFLINE.engine());
    HttpServer server = server();
    try (GenericContainer<?> it = idle().withAccessToHost(true)) {
      it.start();

      Testcontainers.exposeHostPorts(server.getAddress().getPort());

      assertThat(fetch(it, "host.testcontainers.internal", server.getAddress().getPort()))
          .isEqualTo("from the host\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void onlyPortsThatWereAskedForArePublished() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString(
                "Dockerfile",
                "FROM " + Offline.BUSYBOX + "\nEXPOSE 8080 8081\nCMD httpd -f -p 8080 -h /\n");
    try (GenericContainer<?> it = new GenericContainer<>(image).withExposedPorts(8080)) {
      it.start();

      assertThat(it.getMappedPort(8080)).isPositive();
      assertThatThrownBy(() -> it.getMappedPort(8081)).isInstanceOf(IllegalArgumentException.class);
      assertThat(it.getContainerInfo().getNetworkSettings().getPorts().getBindings())
          .extractingByKey(ExposedPort.tcp(8081))
          .isNull();
    }
  }

  @Test
  void aContainerHasANameOfItsOwnInItsNetwork() throws Exception {
    try (Network network = Network.newNetwork();
        GenericContainer<?> web = web("echo named > /www/index.html").withNetwork(network);
        GenericContainer<?> it = idle().withNetwork(network)) {
      web.start();
      it.start();

      assertThat(web.getNetworkAliases()).hasSize(1);
      assertThat(fetch(it, web.getNetworkAliases().get(0), 8080)).isEqualTo("named\n");
    }
  }

  @Test
  void aPortBehindAnotherContainerIsReached() {
    DebianImages.socat(OFFLINE.engine());
    try (Network network = Network.newNetwork();
        GenericContainer<?> web =
            web("echo behind > /www/index.html").withNetwork(network).withNetworkAliases("hidden");
        SocatContainer socat =
            new SocatContainer(
                    org.testcontainers.utility.DockerImageName.parse("alpine/socat:1.7.4.3-r0"))
                .withNetwork(network)
                .withTarget(9000, "hidden", 8080)) {
      web.setExposedPorts(java.util.List.of());
      web.start();
      socat.start();

      assertThat(get(socat, 9000, "/")).isEqualTo("behind\n");
    }
  }
}
