package io.berth.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.net.linux.NetworkNamespace;
import io.berth.testing.TestEngine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The name server of containers, with one behind it on this host's loopback. */
class ResolverIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  // Of this run of the test alone: others may run on this host.
  private static final String NET = "127.77." + ProcessHandle.current().pid() % 256 + ".";
  private static final String UPSTREAM = NET + 53;
  private static final String DEAD = NET + 54;
  private static final Set<String> ASKED = ConcurrentHashMap.newKeySet();
  private static DatagramSocket udp;
  private static ServerSocket tcp;

  /** Knows every name that ends in {@code .test}, at 192.0.2.99. */
  @BeforeAll
  static void serve() throws IOException {
    udp = new DatagramSocket(53, InetAddress.getByName(UPSTREAM));
    tcp = new ServerSocket(53, 5, InetAddress.getByName(UPSTREAM));
    run(
        () -> {
          byte[] buffer = new byte[512];
          DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
          udp.receive(packet);
          ASKED.add("udp");
          byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        });
    run(
        () -> {
          try (Socket socket = tcp.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] query = in.readNBytes(in.readUnsignedShort());
            ASKED.add("tcp");
            byte[] answer = answer(query);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(answer.length);
            out.write(answer);
          }
        });
  }

  @FunctionalInterface
  private interface Turn {
    void run() throws IOException;
  }

  private static void run(Turn turn) {
    Thread thread =
        new Thread(
            () -> {
              while (!udp.isClosed()) {
                try {
                  turn.run();
                } catch (IOException e) {
                  // Closed, or a client that went away.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static byte[] answer(byte[] query) {
    int end = 12;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    int type = query[end + 2];
    boolean known = new String(query, 12, end - 12).endsWith("\4test");
    ByteBuffer out = ByteBuffer.allocate(512);
    out.put(query, 0, end + 5);
    out.put(2, (byte) 0x81).put(3, (byte) (known ? 0x80 : 0x83));
    out.putShort(6, (short) (known && type == 1 ? 1 : 0)).putShort(8, (short) 0);
    out.putShort(10, (short) 0);
    if (known && type == 1) {
      out.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(60);
      out.putShort((short) 4).put(new byte[] {(byte) 192, 0, 2, 99});
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  @AfterAll
  static void stop() throws IOException {
    udp.close();
    tcp.close();
  }

  @AfterEach
  void removeAll() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
    FIXTURE.engine().networks().prune();
    ASKED.clear();
  }

  private static Container start(Engine engine, String name, UnaryOperator<CreateRequest> more) {
    return more.apply(engine.containers().create(TestEngine.IMAGE).name(name))
        .command("sleep", "600")
        .start();
  }

  private static Container start(String name, UnaryOperator<CreateRequest> more) {
    return start(FIXTURE.engine(), name, more);
  }

  private static String lookUp(Container container, String name) {
    return container.exec("sh", "-c", "nslookup -type=a " + name + " 2>&1").execute().stdout();
  }

  @Test
  void otherNamesAreAskedOfTheResolversOfTheHost() {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one).dns(UPSTREAM));

    assertThat(lookUp(it, "far.test")).contains("192.0.2.99");
    assertThat(lookUp(it, "far.nowhere")).contains("NXDOMAIN");
    assertThat(lookUp(it, "it")).contains(it.networks().get(0).address());
    assertThat(ASKED).containsExactly("udp");
  }

  @Test
  void aResolverThatIsDownIsPassedOver() {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one).dns(DEAD).dns(UPSTREAM));

    assertThat(lookUp(it, "far.test")).contains("192.0.2.99");
  }

  @Test
  void theContainerMayAskOverTcp() {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one).dns(UPSTREAM));

    assertThat(askOverTcp(it, "\\003far\\004test", 26)).contains("c0 00 02 63");
    assertThat(ASKED).containsExactly("tcp");
    ASKED.clear();
    assertThat(askOverTcp(it, "\\002it", 20).replaceAll("\\|.*\\R\\w*|\\s+", " "))
        .contains(hexadecimal(it.networks().get(0).address()));
    assertThat(ASKED).isEmpty();
  }

  private static String hexadecimal(String address) {
    return Arrays.stream(address.split("[.]"))
        .map(part -> String.format("%02x", Integer.parseInt(part)))
        .collect(Collectors.joining(" "));
  }

  /** The bytes of the answer; octal escapes make the query. */
  private static String askOverTcp(Container container, String name, int length) {
    String query =
        "\\000\\%o\\022\\064\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000".formatted(length)
            + name
            + "\\000\\000\\001\\000\\001";
    return container
        .exec("sh", "-c", "printf '" + query + "' | nc -w 30 127.0.0.11 53 | hexdump -C")
        .execute()
        .stdout();
  }

  @Test
  void aContainerMayHaveANameServerOfItsOwn() {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one));

    try (NetworkNamespace inside =
            NetworkNamespace.open(Path.of("/proc/" + it.pid().orElseThrow() + "/ns/net"));
        DatagramSocket own = inside.call(ResolverIT::nameServer)) {
      assertThat(own.getLocalPort()).isEqualTo(53);
      assertThat(lookUp(it, "it")).contains(it.networks().get(0).address());
    }
  }

  private static DatagramSocket nameServer() {
    try {
      return new DatagramSocket(53);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void hostileQuestionsDoNoHarm() {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one));

    for (String bytes :
        new String[] {
          "\\000",
          "\\377\\377\\377\\377",
          "\\000\\000\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\077",
          "\\000\\000\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\003../\\000\\000\\001\\000\\001",
          "\\000\\000\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\300\\014\\000\\001\\000\\001"
        }) {
      it.exec("sh", "-c", "printf '" + bytes + "' | nc -w 1 127.0.0.11 53 > /dev/null").execute();
      it.exec("sh", "-c", "printf '" + bytes + "' | nc -u -w 1 127.0.0.11 53 > /dev/null")
          .execute();
    }

    assertThat(lookUp(it, "it")).contains(it.networks().get(0).address());
  }

  @Test
  void namesAreResolvedWhenNoEngineIsThere() throws Exception {
    FIXTURE.engine().networks().create("one").execute();
    String address;
    try (Engine other = Berth.open(FIXTURE.dataDirectory())) {
      Network one = other.networks().get("one");
      Container target = start(other, "target", r -> r.network(one).detached(true));
      address = target.networks().get(0).address();
      start(other, "asker", r -> r.network(one).detached(true));
    }

    Container asker = FIXTURE.engine().containers().get("asker");
    assertThat(lookUp(asker, "target")).contains(address);

    FIXTURE.engine().containers().get("target").stop(java.time.Duration.ZERO);

    assertThat(lookUp(asker, "target")).doesNotContain(address);
  }

  @Test
  void theHelperStaysSmall() throws IOException {
    Network one = FIXTURE.engine().networks().create("one").execute();
    Container it = start("it", r -> r.network(one).publish(80));
    lookUp(it, "it");

    long kib = 0;
    for (ProcessHandle process : (Iterable<ProcessHandle>) ProcessHandle.allProcesses()::iterator) {
      if (title(process).matches("(?s)berth-(net|monitor) " + it.id().substring(0, 12) + ".*")) {
        kib += privateMemory(process.pid());
      }
    }

    assertThat(kib).isBetween(1L, 1024L);
  }

  private static String title(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private static long privateMemory(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
        .filter(l -> l.startsWith("Private_"))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
        .sum();
  }
}
