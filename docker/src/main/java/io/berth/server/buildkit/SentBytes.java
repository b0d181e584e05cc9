package io.berth.server.buildkit;

import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.ProtoMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What the other side of a call sends as messages of bytes (BytesMessage). */
final class SentBytes extends InputStream {
  private final ClientCall call;
  private byte[] part = {};
  private int at;

  SentBytes(ClientCall call) {
    this.call = call;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (at == part.length) {
      Optional<ProtoMessage> next;
      try {
        next = call.receive();
      } catch (GrpcException e) {
        throw new IOException(e.getMessage(), e);
      }
      if (next.isEmpty()) {
        return -1;
      }
      part = next.get().bytes(1);
      at = 0;
    }
    int count = Math.min(length, part.length - at);
    System.arraycopy(part, at, bytes, offset, count);
    at += count;
    return count;
  }

  @Override
  public void close() {
    call.close();
  }
}
