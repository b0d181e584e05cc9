package io.berth.server.grpc;

import io.berth.server.grpc.GrpcException.Code;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A call that went out. Closing it ends it, also when it is not over. */
public final class ClientCall implements AutoCloseable {
  private final MessageStream stream;

  ClientCall(MessageStream stream) {
    this.stream = stream;
  }

  /** Sends a message; waits while the other side does not take it. */
  public void send(ProtoWriter message) {
    stream.send(message.toBytes());
  }

  /** Says that there are no more messages to send. */
  public void halfClose() {
    stream.halfClose();
  }

  /**
   * The next message; empty when the call went well and is over.
   *
   * @throws GrpcException when it ended with another status
   */
  public Optional<ProtoMessage> receive() {
    Optional<byte[]> message = stream.receive();
    if (message.isEmpty()) {
      check();
    }
    return message.map(ProtoMessage::parse);
  }

  private void check() {
    int status;
    try {
      status = Integer.parseInt(stream.trailer("grpc-status").orElse("2"));
    } catch (NumberFormatException e) {
      throw new GrpcException(Code.INTERNAL, "the answer has no status", List.of(), e);
    }
    if (status == 0) {
      return;
    }
    Optional<String> details = stream.trailer("grpc-status-details-bin");
    if (details.isPresent()) {
      try {
        throw GrpcException.of(ProtoMessage.parse(Base64.getDecoder().decode(details.get())));
      } catch (IllegalArgumentException e) {
        // The status alone, then.
      }
    }
    String message = stream.trailer("grpc-message").orElse("the call failed");
    throw new GrpcException(Code.of(status), decoded(message));
  }

  private static String decoded(String message) {
    try {
      return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return message;
    }
  }

  /** Runs something when the other side leaves; it must not block. */
  public void onGone(Runnable hook) {
    stream.onGone(hook);
  }

  @Override
  public void close() {
    stream.cancel();
  }
}
