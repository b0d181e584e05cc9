package io.berth.server.api;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output and error on one stream, each piece behind a header of eight bytes: 1 or 2 for
 * the stream, three zeros, and the length, big-endian.
 */
public final class Multiplexed {
  private static final int HEADER = 8;
  private static final int MOST = 32 << 10;

  private final OutputStream to;

  public Multiplexed(OutputStream to) {
    this.to = to;
  }

  public OutputStream stdout() {
    return new Side(1);
  }

  public OutputStream stderr() {
    return new Side(2);
  }

  private final class Side extends OutputStream {
    private final byte number;

    private Side(int number) {
      this.number = (byte) number;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += MOST) {
        frame(bytes, offset + done, Math.min(MOST, length - done));
      }
    }

    /** In one piece, for the other side may write at the same time. */
    private void frame(byte[] bytes, int offset, int length) throws IOException {
      byte[] frame = new byte[HEADER + length];
      frame[0] = number;
      frame[4] = (byte) (length >>> 24);
      frame[5] = (byte) (length >>> 16);
      frame[6] = (byte) (length >>> 8);
      frame[7] = (byte) length;
      System.arraycopy(bytes, offset, frame, HEADER, length);
      to.write(frame);
    }

    @Override
    public void flush() throws IOException {
      to.flush();
    }
  }
}
