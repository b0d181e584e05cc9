package io.berth.server;

import io.berth.api.Engine;
import io.berth.server.http.HttpTransport;
import io.berth.server.reaper.Reapers;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Serves the Docker Engine API for an engine. Thread-safe.
 *
 * <pre>{@code
 * try (Engine berth = Berth.open();
 *     ApiServer server = ApiServer.builder(berth).unixSocket(Path.of("/run/berth.sock")).start()) {
 *   server.await(); // docker -H unix:///run/berth.sock ps
 * }
 * }</pre>
 */
public final class ApiServer implements AutoCloseable {
  private final HttpTransport transport;
  private final Reapers reapers;
  private final List<UnixSocket> sockets;
  private final List<InetSocketAddress> addresses;
  private final CountDownLatch closed = new CountDownLatch(1);

  ApiServer(
      HttpTransport transport,
      List<UnixSocket> sockets,
      List<InetSocketAddress> addresses,
      Reapers reapers) {
    this.reapers = reapers;
    this.transport = transport;
    this.sockets = List.copyOf(sockets);
    this.addresses = List.copyOf(addresses);
  }

  /** How to serve an engine, which stays its owner's to close. */
  public static ApiServerBuilder builder(Engine engine) {
    return new ApiServerBuilder(engine);
  }

  /** The unix sockets that it listens on. */
  public List<Path> unixSockets() {
    return sockets.stream().map(UnixSocket::path).toList();
  }

  /** The TCP addresses that it listens on, with the ports that were chosen. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Waits until it is closed. */
  public void await() throws InterruptedException {
    closed.await();
  }

  /** Hangs up on all clients and listens no more. Containers go on. */
  @Override
  public void close() {
    sockets.forEach(UnixSocket::remove);
    reapers.close();
    transport.close();
    closed.countDown();
  }
}
