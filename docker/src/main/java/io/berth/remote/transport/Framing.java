package io.berth.remote.transport;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How the end of a body is told: by its length, by chunks (RFC 9112, 7.1). */
final class Framing {
  private Framing() {}

  /** A body that ends; running out of bytes before is an error. */
  abstract static class Body extends InputStream {
    private final InputStream in;
    private boolean over;

    Body(InputStream in) {
      this.in = in;
    }

    /** How many bytes may be read now; 0 at the end, negative when only the connection tells. */
    abstract long left() throws IOException;

    abstract void took(int count);

    final InputStream source() {
      return in;
    }

    /** Whether it was read to its end, so that the connection may serve again. */
    boolean isOver() {
      return over;
    }

    @Override
    public final int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] bytes, int offset, int length) throws IOException {
      if (over) {
        return -1;
      }
      if (length == 0) {
        return 0;
      }
      long left = left();
      if (left == 0) {
        over = true;
        return -1;
      }
      int most = left < 0 ? length : (int) Math.min(length, left);
      int count = in.read(bytes, offset, most);
      if (count < 0 && left > 0) {
        throw new EOFException("the connection was closed in the middle of the answer");
      }
      if (count > 0) {
        took(count);
      }
      return count;
    }
  }

  static final class Fixed extends Body {
    private long left;

    Fixed(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    long left() {
      return left;
    }

    @Override
    void took(int count) {
      left -= count;
    }

    @Override
    boolean isOver() {
      return left == 0;
    }
  }

  /** As long as the connection lasts. */
  static final class Endless extends Body {
    Endless(InputStream in) {
      super(in);
    }

    @Override
    long left() {
      return -1;
    }

    @Override
    void took(int count) {}
  }

  static final class Chunked extends Body {
    private long left;
    private boolean begun;
    private boolean last;

    Chunked(InputStream in) {
      super(in);
    }

    @Override
    long left() throws IOException {
      if (left == 0 && !last) {
        if (begun) {
          expectEnd();
        }
        begun = true;
        left = size(Head.line(source()));
        if (left == 0) {
          last = true;
          while (!Head.line(source()).isEmpty()) {
            // Trailers say nothing that is of use here.
          }
        }
      }
      return left;
    }

    private void expectEnd() throws IOException {
      if (!Head.line(source()).isEmpty()) {
        throw new IOException("the answer has a chunk that is longer than it says");
      }
    }

    private static long size(String line) throws IOException {
      String digits = line.split(";", 2)[0].strip();
      if (!digits.matches("[0-9A-Fa-f]{1,15}")) {
        throw new IOException("the answer has a chunk without a size");
      }
      return Long.parseLong(digits, 16);
    }

    @Override
    void took(int count) {
      left -= count;
    }
  }

  /** Writes chunks. */
  static final class ChunkedOutput extends FilterOutputStream {
    ChunkedOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[size.length + length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, offset, chunk, size.length, length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        out.write(chunk);
      }
    }

    /** Writes the last one; the connection stays open. */
    void end() throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
