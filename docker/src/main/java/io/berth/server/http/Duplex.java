package io.berth.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection that has left HTTP: bytes in both directions, each of which may end before the
 * other. Closing it ends the connection once all that was written is out.
 */
public final class Duplex implements AutoCloseable {
  /** How bytes are framed. */
  enum Form {
    RAW,
    BINARY,
    TEXT
  }

  private static final int PART = 32 << 10;

  private final Connection connection;
  private final InboundStream in;
  private final OutputStream out = new Out();

  Duplex(Connection connection, InboundStream in) {
    this.connection = connection;
    this.in = in;
  }

  /** What the client sends; ends when the client has closed its half. */
  public InputStream in() {
    return in;
  }

  /** What the client gets; writes wait while it does not read. */
  public OutputStream out() {
    return out;
  }

  @Override
  public void close() {
    in.discard();
    connection.closeWhenSent();
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      Outbound outbound = connection.outbound();
      for (int done = 0; done < length; done += PART) {
        outbound.write(outbound.buffer(bytes, offset + done, Math.min(PART, length - done)));
      }
    }
  }
}
