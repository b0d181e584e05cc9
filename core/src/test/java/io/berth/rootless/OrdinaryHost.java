package io.berth.rootless;

import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.RouteSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The network of an ordinary user's host: loopback, and a cable to another machine, which answers
 * {@code outside} to requests of HTTP at port 7000, and knows no name as a name server.
 */
final class OrdinaryHost implements AutoCloseable {
  static final String OUTSIDE = "198.51.100.1";
  static final int PORT = 7000;
  static final String OWN = "198.51.100.2";

  private final NetworkNamespace host = NetworkNamespace.create();
  private final NetworkNamespace outside = NetworkNamespace.create();
  private final ServerSocket tcp;
  private final DatagramSocket udp;

  OrdinaryHost() throws IOException {
    host.route().linkUp("lo");
    host.route().createBridge("lan", "", new MacAddress("02:00:00:00:00:01"), 1500);
    int lan = host.route().link("lan").orElseThrow().index();
    host.route()
        .createPair(
            new RouteSocket.Pair(
                "cable", lan, "eth0", outside, new MacAddress("02:00:00:00:00:02"), 1500, false));
    int there = outside.route().link("eth0").orElseThrow().index();
    outside.route().configure(there, List.of(Cidr.parse(OUTSIDE + "/24")), List.of());
    host.route().configure(lan, List.of(Cidr.parse(OWN + "/24")), List.of(Cidr.address(OUTSIDE)));
    host.route().awaitCarrier("cable");
    host.route().awaitCarrier("lan");
    InetSocketAddress at = new InetSocketAddress(OUTSIDE, PORT);
    tcp = outside.call(() -> io(() -> new ServerSocket(PORT, 50, at.getAddress())));
    udp = outside.call(() -> io(() -> new DatagramSocket(new InetSocketAddress(OUTSIDE, 53))));
    start(this::serveTcp);
    start(this::serveUdp);
  }

  private interface IoSupplier<T> {
    T get() throws IOException;
  }

  private static <T> T io(IoSupplier<T> action) {
    try {
      return action.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable server) {
    Thread thread = new Thread(server, "outside");
    thread.setDaemon(true);
    thread.start();
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        client.getInputStream().read(new byte[1000]);
        byte[] answer = "HTTP/1.0 200 OK\r\n\r\noutside\n".getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(answer);
      } catch (IOException e) {
        // The next, or the end.
      }
    }
  }

  private void serveUdp() {
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        udp.receive(packet);
        byte[] question = packet.getData();
        question[2] |= (byte) 0x80; // an answer:
        question[3] = 3; // NXDOMAIN
        udp.send(packet);
      } catch (IOException e) {
        // The next, or the end.
      }
    }
  }

  /** The file by which a process is put there. */
  Path namespace() {
    return host.path();
  }

  @Override
  public void close() throws IOException {
    tcp.close();
    udp.close();
    outside.close();
    host.close();
  }
}
