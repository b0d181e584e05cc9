package io.berth.server.buildkit;

import io.berth.api.BuildLender;
import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Lends a build the secrets and agents of the client's session, until it is closed. */
final class SessionLender implements BuildLender, AutoCloseable {
  private static final String SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
  private static final String CHECK = "/moby.sshforward.v1.SSH/CheckAgent";
  private static final String FORWARD = "/moby.sshforward.v1.SSH/ForwardAgent";

  private final Supplier<Session> session;
  private final Map<String, AgentSocket> sockets = new HashMap<>();

  SessionLender(Supplier<Session> session) {
    this.session = session;
  }

  @Override
  public Optional<byte[]> secret(String id) {
    Session lent = session.get();
    if (!lent.offers(SECRET)) {
      return Optional.empty();
    }
    return known(() -> lent.call(SECRET, new ProtoWriter().text(1, id)))
        .map(answer -> answer.bytes(1));
  }

  @Override
  public synchronized Optional<Path> agent(String id) {
    Session lent = session.get();
    if (!lent.offers(FORWARD)
        || known(() -> lent.call(CHECK, new ProtoWriter().text(1, id))).isEmpty()) {
      return Optional.empty();
    }
    AgentSocket socket =
        sockets.computeIfAbsent(id, i -> AgentSocket.open(channel -> forward(lent, i, channel)));
    return Optional.of(socket.path());
  }

  /** What the client does not have, it says to be unset or not found. */
  private static Optional<ProtoMessage> known(Supplier<ProtoMessage> call) {
    try {
      return Optional.of(call.get());
    } catch (GrpcException e) {
      if (e.code() == Code.NOT_FOUND
          || e.code() == Code.UNIMPLEMENTED
          || e.code() == Code.UNKNOWN && e.getMessage().contains("unset ssh forward key")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void forward(Session session, String id, SocketChannel channel) {
    try (ClientCall call = session.open(FORWARD, Map.of("buildkit.ssh.id", List.of(id)))) {
      call.onGone(() -> close(channel));
      Thread back = new Thread(() -> back(call, channel), "berth-ssh-answers");
      back.setDaemon(true);
      back.start();
      ByteBuffer buffer = ByteBuffer.allocate(32 << 10);
      while (channel.read(buffer) >= 0) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes).clear();
        call.send(new ProtoWriter().bytes(1, bytes));
      }
    } catch (IOException | GrpcException e) {
      // One of the two has ended the conversation.
    } finally {
      close(channel);
    }
  }

  private static void back(ClientCall call, SocketChannel channel) {
    try {
      for (Optional<ProtoMessage> m = call.receive(); m.isPresent(); m = call.receive()) {
        ByteBuffer bytes = ByteBuffer.wrap(m.get().bytes(1));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException | GrpcException e) {
      // As above.
    } finally {
      close(channel);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    sockets.values().forEach(AgentSocket::close);
    sockets.clear();
  }
}
