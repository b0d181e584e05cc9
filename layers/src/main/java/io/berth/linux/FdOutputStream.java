package io.berth.linux;

import io.berth.error.SystemCallException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

final class FdOutputStream extends OutputStream {
  private final Fd fd;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);

  FdOutputStream(Fd fd) {
    this.fd = fd;
  }

  @Override
  public void write(int b) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.put((byte) b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    for (int done = 0; done < length; ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = Math.min(length - done, buffer.remaining());
      buffer.put(bytes, offset + done, n);
      done += n;
    }
  }

  @Override
  public void flush() throws IOException {
    buffer.flip();
    try {
      FileIo.writeFully(fd, buffer);
    } catch (SystemCallException | IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      buffer.clear();
    }
  }

  @Override
  public void close() throws IOException {
    try (fd) {
      if (buffer.position() > 0) {
        flush();
      }
    }
  }
}
