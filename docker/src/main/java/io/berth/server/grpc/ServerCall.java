package io.berth.server.grpc;

import io.berth.server.grpc.GrpcException.Code;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A call that came in. Its messages are taken and sent by threads that wait. */
public final class ServerCall {
  private final MessageStream stream;
  private boolean answered;

  ServerCall(MessageStream stream) {
    this.stream = stream;
  }

  /** Of the request; the name in lower case. */
  public Optional<String> header(String name) {
    return stream.header(name);
  }

  /** All values of a header that is there several times. */
  public List<String> headers(String name) {
    return stream.headers(name);
  }

  /** The only message of a request. */
  public ProtoMessage request() {
    return receive()
        .orElseThrow(() -> new GrpcException(Code.INTERNAL, "the request has no message"));
  }

  /** The next message of a request; empty after the last. */
  public Optional<ProtoMessage> receive() {
    return stream.receive().map(ProtoMessage::parse);
  }

  /** Sends a message; waits while the client does not take it. */
  public void send(ProtoWriter message) {
    begin();
    stream.send(message.toBytes());
  }

  /** Sends the headers, if they are not out yet. */
  public synchronized void begin() {
    if (!answered) {
      answered = true;
      stream.sendHeaders(head());
    }
  }

  /** Runs something when the client gives the call up; it must not block. */
  public void onGone(Runnable hook) {
    stream.onGone(hook);
  }

  public boolean gone() {
    return stream.gone();
  }

  private static Http2Headers head() {
    return new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
  }

  synchronized void finish(Optional<GrpcException> failure) {
    Http2Headers last = answered ? new DefaultHttp2Headers() : head();
    answered = true;
    last.setInt("grpc-status", failure.map(f -> f.code().ordinal()).orElse(0));
    failure.ifPresent(
        f -> {
          last.set("grpc-message", percent(f.getMessage()));
          if (f.hasDetails()) {
            last.set(
                "grpc-status-details-bin",
                Base64.getEncoder().withoutPadding().encodeToString(f.status().toBytes()));
          }
        });
    stream.finish(last);
  }

  /** As gRPC has it: all but printable ASCII by their bytes. */
  static String percent(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append(String.format("%%%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }
}
