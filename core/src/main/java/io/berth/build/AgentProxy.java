package io.berth.build;

import io.berth.error.BerthException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands requests to an SSH agent (draft-miller-ssh-agent): those that list keys and sign. All
 * others are answered with a failure, so that a build step cannot change what the agent holds.
 */
final class AgentProxy implements SshAgents.Forwarding {
  private static final int FAILURE = 5;
  private static final Set<Integer> ALLOWED = Set.of(11, 13, 27);
  private static final int LONGEST = 256 << 10;

  private final Path agent;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Runnable end;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  private AgentProxy(Path agent, Path socket, ServerSocketChannel server, Runnable end) {
    this.agent = agent;
    this.socket = socket;
    this.server = server;
    this.end = end;
  }

  /**
   * @param agent the agent's socket
   * @param end what is to be done at the end
   */
  static AgentProxy open(Path agent, Runnable end) {
    try {
      Path socket = Secrets.directory().resolve("agent");
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      AgentProxy proxy = new AgentProxy(agent, socket, server, end);
      start("berth-ssh-accept", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new BerthException("Cannot forward the SSH agent " + agent + ": " + e, e);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Path socket() {
    return socket;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        start("berth-ssh", () -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the step has ended.
    }
  }

  private void serve(SocketChannel client) {
    open.add(client);
    try (client;
        SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(agent))) {
      while (true) {
        ByteBuffer request = read(client);
        int type = request.remaining() > 4 ? request.get(4) & 0xff : -1;
        if (ALLOWED.contains(type)) {
          write(to, request);
          write(client, read(to));
        } else {
          write(client, ByteBuffer.allocate(5).putInt(1).put((byte) FAILURE).flip());
        }
      }
    } catch (IOException e) {
      // One of the two has ended the conversation.
    } finally {
      open.remove(client);
    }
  }

  /** A message with its length in front. */
  private static ByteBuffer read(SocketChannel from) throws IOException {
    ByteBuffer length = fill(from, ByteBuffer.allocate(4));
    int n = length.getInt(0);
    if (n < 1 || n > LONGEST) {
      throw new IOException("a message of " + n + " bytes");
    }
    ByteBuffer body = fill(from, ByteBuffer.allocate(n));
    return ByteBuffer.allocate(4 + n).putInt(n).put(body).flip();
  }

  private static ByteBuffer fill(SocketChannel from, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (from.read(buffer) < 0) {
        throw new IOException("the end");
      }
    }
    return buffer.flip();
  }

  private static void write(SocketChannel to, ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      to.write(message);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SocketChannel each : open) {
        each.close();
      }
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    } catch (IOException e) {
      throw new BerthException("Cannot end the forwarding of the SSH agent: " + e, e);
    } finally {
      end.run();
    }
  }
}
