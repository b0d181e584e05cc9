package io.berth.server.buildkit;

import io.berth.error.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A socket of this host behind which the agent of a client is; only this user may enter. */
final class AgentSocket implements AutoCloseable {
  private final Path path;
  private final ServerSocketChannel server;
  private final Consumer<SocketChannel> serve;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  private AgentSocket(Path path, ServerSocketChannel server, Consumer<SocketChannel> serve) {
    this.path = path;
    this.server = server;
    this.serve = serve;
  }

  /**
   * @param serve is given each connection, in a thread of its own
   */
  static AgentSocket open(Consumer<SocketChannel> serve) {
    try {
      // For the owner alone, as temporary directories are made.
      Path path = Files.createTempDirectory("berth-agent-").resolve("agent");
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(path));
      AgentSocket socket = new AgentSocket(path, server, serve);
      start("berth-agent-accept", socket::accept);
      return socket;
    } catch (IOException e) {
      throw new StorageException("Cannot make a socket for the client's SSH agent: " + e, e);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  Path path() {
    return path;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        open.add(client);
        start(
            "berth-agent",
            () -> {
              serve.accept(client);
              open.remove(client);
            });
      }
    } catch (IOException e) {
      // Closed: the build has ended.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SocketChannel each : open) {
        each.close();
      }
      Files.deleteIfExists(path);
      Files.deleteIfExists(path.getParent());
    } catch (IOException e) {
      throw new StorageException("Cannot remove the socket " + path + ": " + e, e);
    }
  }
}
