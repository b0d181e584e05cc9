package io.berth.server;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.server.api.ErrorAnswers;
import io.berth.server.http.HttpTransport;
import io.berth.server.http.Limits;
import io.berth.server.reaper.LabelFilter;
import io.berth.server.reaper.Reapers;
import io.berth.server.resource.EngineRoutes;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Where to listen, and who may speak; made by {@link ApiServer#builder}. */
public final class ApiServerBuilder {
  private final Engine engine;
  private final List<Path> sockets = new ArrayList<>();
  private final List<ServerSocketChannel> bound = new ArrayList<>();
  private final List<Tcp> addresses = new ArrayList<>();
  private String version = "0.1.0";
  private Limits limits = Limits.DEFAULT;
  private Consumer<LabelFilter> named = filter -> {};

  private record Tcp(InetSocketAddress address, Optional<TlsFiles> tls) {}

  ApiServerBuilder(Engine engine) {
    this.engine = engine;
  }

  /** A unix socket of mode 0660: its owner may speak, and who is in its group. */
  public ApiServerBuilder unixSocket(Path path) {
    sockets.add(path);
    return this;
  }

  /**
   * A unix socket that listens already, so that clients could connect before the engine was there.
   * The server closes it, and whoever has made its file removes that.
   */
  public ApiServerBuilder unixSocket(ServerSocketChannel listening) {
    bound.add(listening);
    return this;
  }

  /** A TCP address, for clients that show a certificate; port 0 for any that is free. */
  public ApiServerBuilder tcp(InetSocketAddress address, TlsFiles tls) {
    addresses.add(new Tcp(address, Optional.of(tls)));
    return this;
  }

  /**
   * A TCP address without TLS. Whoever can reach it is root on this host: there is no check at all.
   */
  public ApiServerBuilder tcpWithoutTlsForAnybody(InetSocketAddress address) {
    addresses.add(new Tcp(address, Optional.empty()));
    return this;
  }

  /** The version that clients are told. */
  public ApiServerBuilder version(String version) {
    this.version = version;
    return this;
  }

  /**
   * Tells of the sessions of tests that clients name to a reaper (see {@link Reapers}), each before
   * the client is told that the session is going to be cleaned up. The server does that when the
   * session's clients have gone; who makes a server that may die before them takes a note here.
   */
  public ApiServerBuilder onSession(Consumer<LabelFilter> named) {
    this.named = named;
    return this;
  }

  /** What a client may take of this server. */
  public ApiServerBuilder limits(Limits limits) {
    this.limits = limits;
    return this;
  }

  /**
   * Begins to listen.
   *
   * @throws InvalidInputException when there is nowhere to listen, or the files are no keys
   * @throws io.berth.error.ConflictException when another server has the socket
   */
  public ApiServer start() {
    if (sockets.isEmpty() && bound.isEmpty() && addresses.isEmpty()) {
      throw new InvalidInputException("Nowhere to listen: give a unix socket or a TCP address");
    }
    Clock clock = Clock.systemUTC();
    Reapers reapers = new Reapers(engine, clock, named);
    HttpTransport transport =
        new HttpTransport(
            EngineRoutes.of(engine, version, clock, reapers), new ErrorAnswers(), limits);
    List<UnixSocket> listening = new ArrayList<>();
    List<InetSocketAddress> chosen = new ArrayList<>();
    try {
      for (ServerSocketChannel socket : bound) {
        transport.listen(socket);
      }
      for (Path socket : sockets) {
        listening.add(UnixSocket.listen(socket, transport));
      }
      for (Tcp tcp : addresses) {
        chosen.add(transport.listen(tcp.address(), tcp.tls().map(ApiServerBuilder::context)));
      }
    } catch (IOException | RuntimeException e) {
      listening.forEach(UnixSocket::remove);
      transport.close();
      throw e instanceof RuntimeException own ? own : new StorageException(e.getMessage(), e);
    }
    return new ApiServer(transport, listening, chosen, reapers);
  }

  private static SslContext context(TlsFiles files) {
    try {
      return SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile())
          .sslProvider(SslProvider.JDK)
          .trustManager(files.authority().toFile())
          .clientAuth(ClientAuth.REQUIRE)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new InvalidInputException(
          "Cannot use the TLS files " + files + ": " + e.getMessage(), e);
    }
  }
}
