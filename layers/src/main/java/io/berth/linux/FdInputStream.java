package io.berth.linux;

import io.berth.error.SystemCallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

final class FdInputStream extends InputStream {
  private final Fd fd;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10).limit(0);

  FdInputStream(Fd fd) {
    this.fd = fd;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(bytes, offset, n);
    return n;
  }

  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    try {
      FileIo.read(fd, buffer);
    } catch (SystemCallException | IllegalStateException e) {
      buffer.limit(0);
      throw new IOException(e.getMessage(), e);
    }
    buffer.flip();
    return buffer.hasRemaining();
  }

  @Override
  public void close() {
    fd.close();
  }
}
