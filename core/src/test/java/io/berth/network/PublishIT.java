package io.berth.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.PublishSpec;
import io.berth.api.PublishedPort;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.RouteSocket;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ports of the host that lead to containers. */
class PublishIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static final String SERVER =
      "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www";

  @AfterEach
  void removeAll() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
    FIXTURE.engine().networks().prune();
  }

  private static Container start(Engine engine, String script, UnaryOperator<CreateRequest> more) {
    return more.apply(engine.containers().create(TestEngine.IMAGE))
        .command("sh", "-c", script)
        .start();
  }

  private static Container start(String script, UnaryOperator<CreateRequest> more) {
    return start(FIXTURE.engine(), script, more);
  }

  private static int port(Container container) {
    return container.ports().get(0).hostPort();
  }

  /** What the web server says; the server may need a moment to listen. */
  private static String fetch(InetAddress host, int port) {
    return Await.value(
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 20_000);
            socket.setSoTimeout(20_000);
            socket
                .getOutputStream()
                .write("GET /index.html HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String answer =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // The helper takes connections before the server does.
            assertThat(answer).isNotEmpty();
            return answer.substring(answer.lastIndexOf("\n\r\n") + 1).strip();
          }
        });
  }

  private static String fetch(String host, int port) {
    return fetch(Cidr.address(host), port);
  }

  @Test
  void aWebServerIsReadThroughLocalhost() throws IOException {
    Container web = start(SERVER, r -> r.publish(80));

    assertThat(web.ports()).extracting(PublishedPort::hostAddress).containsExactly("0.0.0.0", "::");
    assertThat(fetch("127.0.0.1", port(web))).isEqualTo("hello");
    assertThat(fetch("::1", port(web))).as("by way of the helper").isEqualTo("hello");

    int port = port(web);
    web.stop(java.time.Duration.ZERO);

    assertThat(web.ports()).isEmpty();
    assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
  }

  @Test
  void anotherHostReadsIt() throws Exception {
    assumeTrue(!FIXTURE.isRootless(), "needs root: a namespace of the test");
    Container web = start(SERVER, r -> r.publish(80));
    fetch("127.0.0.1", port(web));
    // One of its own for each run of this test at once: 198.18.0.0/15 is for tests of networks.
    String address = "198.18." + ProcessHandle.current().pid() % 256 + ".";
    String bridge = "bt" + FIXTURE.engine().networks().get("bridge").id().substring(0, 8);
    try (NetworkNamespace other = NetworkNamespace.create();
        RouteSocket here = new RouteSocket()) {
      here.createBridge(bridge, "", new io.berth.net.MacAddress("02:00:00:00:01:01"), 1500);
      try {
        int index = here.link(bridge).orElseThrow().index();
        here.configure(index, List.of(Cidr.parse(address + "1/30")), List.of());
        here.createPair(
            new RouteSocket.Pair(
                bridge + "v",
                index,
                "eth0",
                other,
                new io.berth.net.MacAddress("02:00:00:00:01:02"),
                1500,
                false));
        other
            .route()
            .configure(
                other.route().link("eth0").orElseThrow().index(),
                List.of(Cidr.parse(address + "2/30")),
                List.of(Cidr.address(address + 1)));

        String answer = other.call(() -> fetch(address + 1, port(web)));

        assertThat(answer).isEqualTo("hello");
      } finally {
        here.deleteLink(bridge);
      }
    }
  }

  @Test
  void itIsReachedAtItsNameByOthersAndAtTheHostByItself() throws IOException {
    assumeTrue(!FIXTURE.isRootless(), "needs root: bridges on the host itself");
    Container web = start(SERVER, r -> r.name("web").publish(80).extraHost("out", "host-gateway"));
    fetch("127.0.0.1", port(web));

    String answer =
        web.exec(
                "sh", "-c", "printf 'GET /index.html HTTP/1.0\r\n\r\n' | nc -w 30 out " + port(web))
            .execute()
            .stdout();

    assertThat(answer).endsWith("hello\n");
  }

  @Test
  void datagramsGoThereAndBack() throws IOException {
    assumeTrue(!FIXTURE.isRootless(), "needs root: to enter the container");
    Container container = start("sleep 600", r -> r.publish("53/udp"));
    try (NetworkNamespace inside =
            NetworkNamespace.open(Path.of("/proc/" + container.pid().orElseThrow() + "/ns/net"));
        DatagramSocket echo = inside.call(() -> socket(53))) {
      for (String host : List.of("127.0.0.1", "::1")) {
        try (DatagramSocket client = socket(0)) {
          client.send(packet("ping", new InetSocketAddress(Cidr.address(host), port(container))));
          DatagramPacket question = packet("    ", null);
          echo.receive(question);
          echo.send(packet("pong", question.getSocketAddress()));
          DatagramPacket answer = packet("    ", null);
          client.receive(answer);

          assertThat(new String(answer.getData(), StandardCharsets.UTF_8))
              .as(host)
              .isEqualTo("pong");
          assertThat(answer.getPort()).isEqualTo(port(container));
        }
      }
    }
  }

  private static DatagramSocket socket(int port) {
    try {
      DatagramSocket socket = new DatagramSocket(port);
      socket.setSoTimeout(30_000);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DatagramPacket packet(String text, SocketAddress to) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
    if (to != null) {
      packet.setSocketAddress(to);
    }
    return packet;
  }

  @Test
  void aTakenPortIsRefusedAndNothingChanges() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      int taken = other.getLocalPort();

      assertThatThrownBy(() -> start(SERVER, r -> r.publish(taken, 80)))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("port " + taken)
          .hasMessageContaining("taken");
    }
    assertThat(FIXTURE.engine().networks().get("bridge").endpoints()).isEmpty();
  }

  @Test
  void twoContainersCannotHaveOnePort() {
    Container first = start(SERVER, r -> r.publish(80));

    assertThatThrownBy(() -> start(SERVER, r -> r.publish(port(first), 80)))
        .isInstanceOf(ConflictException.class);
  }

  @Test
  void rangesAndAddressesAreKept() throws IOException {
    Container web =
        start(SERVER, r -> r.publish("127.0.0.1:41000-41999:80").publish("[::1]::81/tcp"));

    assertThat(web.ports().get(0).hostAddress()).isEqualTo("127.0.0.1");
    assertThat(port(web)).isBetween(41000, 41999);
    assertThat(web.ports().get(1).hostAddress()).isEqualTo("::1");
    assertThat(fetch("127.0.0.1", port(web))).isEqualTo("hello");
  }

  @Test
  void portsOfSctpAreChosenAndAreOneContainersOnly() {
    Container chosen = start("sleep 600", r -> r.publish("80/sctp"));
    int port = port(chosen);
    assertThat(chosen.ports()).extracting(PublishedPort::protocol).containsExactly("sctp", "sctp");
    assertThat(port).isBetween(1024, 65535);

    assertThatThrownBy(() -> start("sleep 600", r -> r.publish(port + ":80/sctp")))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("port " + port + " of the host taken");

    chosen.remove(true);
    Container next = start("sleep 600", r -> r.publish(port + ":80/sctp"));
    assertThat(port(next)).isEqualTo(port);
  }

  @Test
  void allExposedPortsArePublished() {
    Container web =
        start(SERVER, r -> r.expose("80").expose("90/udp").publish(80).publishAll(true));

    assertThat(
            web.ports().stream()
                .map(p -> p.containerPort() + "/" + p.protocol())
                .collect(Collectors.toSet()))
        .isEqualTo(Set.of("80/tcp", "90/udp"));
    assertThat(web.ports()).hasSize(4);
  }

  @Test
  void portsMoveToAnotherNetwork() throws IOException {
    var one = FIXTURE.engine().networks().create("one").execute();
    Container web = start(SERVER, r -> r.publish(80));
    one.connect(web).execute();

    FIXTURE.engine().networks().get("bridge").disconnect(web);

    assertThat(fetch("127.0.0.1", port(web))).isEqualTo("hello");
    assertThat(fetch("::1", port(web))).isEqualTo("hello");
  }

  @Test
  void anAddressThatIsNotThisHostsIsRefused() {
    assertThatThrownBy(() -> start(SERVER, r -> r.publish("192.0.2.77:8080:80")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such address");
  }

  @Test
  void enginesDoNotGetTheSamePorts() throws Exception {
    List<Container> all = new ArrayList<>();
    try (Engine second = Berth.open(FIXTURE.dataDirectory())) {
      List<Thread> threads = new ArrayList<>();
      for (Engine engine : List.of(FIXTURE.engine(), second)) {
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    Container c = start(engine, "sleep 600", r -> r.publish(PublishSpec.tcp(80)));
                    synchronized (all) {
                      all.add(c);
                    }
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(all.stream().map(PublishIT::port).distinct()).hasSize(10);
      assertThat(all.stream().map(c -> c.networks().get(0).address()).distinct()).hasSize(10);
    }
  }
}
