package io.berth.rootless;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.ExecResult;
import io.berth.api.Network;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an ordinary user's containers reach; run as one by {@code RootlessIT}. */
class OrdinaryNetworks {
  private static final int TRIES = 600;
  // busybox has nothing that answers datagrams.
  private static final String ECHO =
      "use Socket; socket(S, PF_INET, SOCK_DGRAM, 17); bind(S, pack_sockaddr_in(53, INADDR_ANY));"
          + " while ($from = recv(S, $text, 999, 0)) { send(S, $text, 0, $from) }";

  @RegisterExtension final TestEngine fixture = TestEngine.create();

  private Container server(Engine berth, Network network, String name) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .name(name)
        .network(network)
        .publish(80)
        .command("sh", "-c", serving(name))
        .start();
  }

  private static String serving(String name) {
    return "mkdir /www; echo of " + name + " > /www/index.html; exec httpd -f -p 80 -h /www";
  }

  /** By nc, as a static wget may crash in its resolver. */
  private static String fetch(Container from, String name) {
    return until(from, "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 30 nc " + name + " 80");
  }

  /** By wget, as pasta has had trouble with clients that end their side at once. */
  private static String fetchFromOutside(Container from) {
    String url = "http://" + OrdinaryHost.OUTSIDE + ":" + OrdinaryHost.PORT + "/";
    return until(from, "timeout 30 wget -q -O - " + url);
  }

  /** Repeats a command until the server listens. */
  private static String until(Container from, String command) {
    String loop =
        "i=0; until out=$(%s) && [ \"$out\" ]; do i=$((i+1)); [ $i -lt 600 ] || exit 1; sleep 0.1;"
            + " done; echo \"$out\"";
    return from.exec("sh", "-c", loop.formatted(command)).execute().stdout();
  }

  private static String read(int port) {
    return Await.value(
        () -> {
          try (Socket socket = new Socket("localhost", port)) {
            socket
                .getOutputStream()
                .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String text =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            // The proxy takes connections before the server does.
            assertThat(text).isNotEmpty();
            return text;
          }
        });
  }

  private Container idle(Engine berth, String name) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .name(name)
        .detached(true)
        .command("sleep", "600")
        .start();
  }

  @Test
  void containersFetchFromEachOtherByNameAndAreReachedFromTheHost() throws Exception {
    Engine berth = fixture.engine();
    Network network = berth.networks().create("front").execute();
    try (Container one = server(berth, network, "one");
        Container two = server(berth, network, "two")) {
      assertThat(fetch(one, "two")).contains("of two");
      assertThat(fetch(two, "one")).contains("of one");
      assertThat(read(one.ports().get(0).hostPort())).contains("of one");
      assertThat(read(two.ports().get(0).hostPort())).contains("of two");
    }
  }

  @Test
  void networksAreApartAndAContainerMayBeInTwo() {
    Engine berth = fixture.engine();
    Network front = berth.networks().create("front").execute();
    Network back = berth.networks().create("back").execute();
    try (Container one = server(berth, front, "one");
        Container two = server(berth, back, "two")) {
      String address = two.networks().get(0).ip().orElseThrow().split("/")[0];
      ExecResult apart = one.exec("nc", "-w", "1", address, "80").execute();
      assertThat(apart.exitCode()).isNotZero();

      back.connect(one).execute();

      assertThat(fetch(one, "two")).contains("of two");
      back.disconnect(one);
      assertThat(one.exec("nc", "-w", "1", address, "80").execute().exitCode()).isNotZero();
    }
  }

  @Test
  void otherHostsAreReachedByTcpAndUdp() {
    try (Container c = idle(fixture.engine(), "client")) {
      assertThat(fetchFromOutside(c)).isEqualTo("outside\n");
      // The answer of the test's name server.
      ExecResult lookup =
          c.exec("timeout", "60", "nslookup", "some.test", OrdinaryHost.OUTSIDE).execute();
      assertThat(lookup.stdout() + lookup.stderr()).contains("NXDOMAIN");
      c.remove(true);
    }
    assertThat(fixture.engine().warnings()).noneMatch(w -> w.contains("reach no other hosts"));
  }

  @Test
  void whatListensOnTheHostsLoopbackIsOutOfReach() throws Exception {
    try (java.net.ServerSocket secret =
            new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Container c = idle(fixture.engine(), "client")) {
      String gateway =
          c.exec("sh", "-c", "ip route | sed -n 's/default via \\([0-9.]*\\).*/\\1/p'")
              .execute()
              .stdout()
              .strip();
      assertThat(gateway).isNotEmpty();
      for (String address : List.of(gateway, "10.0.2.2", "127.0.0.1")) {
        ExecResult result = c.exec("nc", "-w", "1", address, "" + secret.getLocalPort()).execute();
        assertThat(result.exitCode()).isNotZero();
      }
      c.remove(true);
    }
  }

  @Test
  void datagramsReachAPublishedPort() throws Exception {
    try (Container c =
            fixture
                .engine()
                .containers()
                .create(TestEngine.IMAGE)
                .publish("53/udp")
                .bind(Path.of("/"), "/host", true)
                .command("chroot", "/host", "perl", "-e", ECHO)
                .start();
        DatagramSocket socket = new DatagramSocket()) {
      int port = c.ports().get(0).hostPort();
      byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
      socket.setSoTimeout(200);
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      for (int i = 0; i < TRIES && answer.getLength() == 100; i++) {
        socket.send(new DatagramPacket(text, text.length, InetAddress.getLoopbackAddress(), port));
        try {
          socket.receive(answer);
        } catch (java.net.SocketTimeoutException e) {
          // It does not listen yet.
        }
      }
      assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII))
          .isEqualTo("hello");
    }
  }

  @Test
  void containersKeepTheirNetworksWithoutAnEngineAndWithALaterOne() throws Exception {
    String id;
    int port;
    try (Engine first = fixture.open(fixture.dataDirectory())) {
      Network network = first.networks().create("front").execute();
      Container one =
          first
              .containers()
              .create(TestEngine.IMAGE)
              .name("one")
              .network(network)
              .publish(80)
              .detached(true)
              .command("sh", "-c", serving("one"))
              .start();
      id = one.id();
      port = one.ports().get(0).hostPort();
    }
    fixture.engine().close();
    assertThat(read(port)).contains("of one");

    try (Engine second = fixture.open(fixture.dataDirectory())) {
      Container one = second.containers().get(id);
      try (Container two = server(second, second.networks().get("front"), "two")) {
        assertThat(fetch(two, "one")).contains("of one");
        assertThat(fetch(one, "two")).contains("of two");
        assertThat(fetchFromOutside(one)).isEqualTo("outside\n");
      }
      one.remove(true);
    }
    awaitNoUplink();
  }

  private Path state() {
    return fixture.dataDirectory().resolve("networks/uplink");
  }

  private Optional<ProcessHandle> uplink() throws IOException {
    if (!Files.exists(state())) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(Files.readString(state()).split(" ")[0]));
  }

  private void awaitNoUplink() {
    Await.pass(() -> assertThat(state()).doesNotExist());
  }

  @Test
  void theUplinkEndsWithTheLastContainer() throws Exception {
    Engine berth = fixture.engine();
    Container c = idle(berth, "last");
    ProcessHandle uplink = uplink().orElseThrow();
    List<ProcessHandle> all = Stream.concat(Stream.of(uplink), uplink.descendants()).toList();
    assertThat(all).hasSizeGreaterThan(2);
    berth.close();
    assertThat(uplink.isAlive()).isTrue();

    Engine later = fixture.open(fixture.dataDirectory());
    later.containers().get(c.id()).remove(true);
    later.close();

    awaitNoUplink();
    Await.pass(() -> assertThat(all).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aProgramThatIsKilledIsStartedAgain() throws Exception {
    try (Container c = idle(fixture.engine(), "client")) {
      List<ProcessHandle> programs =
          uplink()
              .orElseThrow()
              .descendants()
              .filter(p -> !nameOf(p).equals("berth-uplink"))
              .toList();
      assertThat(programs).isNotEmpty();

      programs.forEach(ProcessHandle::destroyForcibly);
      programs.forEach(p -> p.onExit().join());

      assertThat(fetchFromOutside(c)).isEqualTo("outside\n");
      c.remove(true);
    }
  }

  private static String nameOf(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Test
  void anUplinkThatIsKilledIsReplacedAndContainersStayConnected() throws Exception {
    try (Engine first = fixture.open(fixture.dataDirectory())) {
      idle(first, "client");
    }
    fixture.engine().close();
    ProcessHandle old = uplink().orElseThrow();
    old.destroyForcibly();
    old.onExit().join();

    try (Engine second = fixture.open(fixture.dataDirectory())) {
      Container c = second.containers().get("client");
      idle(second, "another").remove(true);

      assertThat(uplink().orElseThrow().pid()).isNotEqualTo(old.pid());
      assertThat(fetchFromOutside(c)).isEqualTo("outside\n");
      c.remove(true);
    }
    awaitNoUplink();
  }
}
