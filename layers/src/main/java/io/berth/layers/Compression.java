package io.berth.layers;

import com.github.luben.zstd.ZstdInputStream;
import io.berth.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/**
 * How a layer is compressed, found by its first bytes: what media types say is not always so.
 *
 * <pre>{@code
 * try (InputStream tar = Compression.decompress(blob, OptionalLong.of(limit))) { ... }
 * }</pre>
 */
public enum Compression {
  NONE,
  GZIP,
  ZSTD;

  private static final int BUFFER = 64 << 10;

  /** What the first bytes of a stream, four or more, say. */
  public static Compression of(byte[] start) {
    if (start.length >= 2 && start[0] == 0x1f && start[1] == (byte) 0x8b) {
      return GZIP;
    }
    if (start.length < 4) {
      return NONE;
    }
    boolean frame =
        start[0] == 0x28 && start[1] == (byte) 0xb5 && start[2] == 0x2f && start[3] == (byte) 0xfd;
    // zstd:chunked and pzstd put skippable frames (RFC 8878, 3.1.2) before others.
    boolean skippable =
        (start[0] & 0xF0) == 0x50 && start[1] == 0x2a && start[2] == 0x4d && start[3] == 0x18;
    return frame || skippable ? ZSTD : NONE;
  }

  /**
   * The plain content of a stream. Closing it closes the stream.
   *
   * @param limit the most bytes that may come out; more is a decompression bomb and gives {@link
   *     InvalidInputException}
   */
  public static InputStream decompress(InputStream in, OptionalLong limit) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(new Eager(in), BUFFER);
    buffered.mark(4);
    byte[] start = buffered.readNBytes(4);
    buffered.reset();
    InputStream plain =
        switch (of(start)) {
          case NONE -> buffered;
          case GZIP -> new GZIPInputStream(buffered, BUFFER);
          case ZSTD -> new ZstdInputStream(buffered);
        };
    return limit.isPresent() ? new LimitedInput(plain, limit.getAsLong()) : plain;
  }

  /**
   * Java's gunzip looks for another member only when some bytes are said to be available, which
   * streams from the network or a file here never say: then all but the first would be lost.
   */
  private static final class Eager extends FilterInputStream {
    private boolean ended;

    Eager(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      ended |= b < 0;
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      ended |= n < 0;
      return n;
    }

    @Override
    public int available() {
      return ended ? 0 : 1;
    }
  }
}
