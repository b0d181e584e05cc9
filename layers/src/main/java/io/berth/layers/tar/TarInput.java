package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an archive, buffered; an early end is a damaged archive. */
final class TarInput {
  private final InputStream in;
  private final boolean skips;
  private long before;
  private final byte[] buffer = new byte[256 << 10];
  private int position;
  private int limit;

  /**
   * @param skips whether content that nobody wants is skipped in the input, and not read
   */
  TarInput(InputStream in, boolean skips) {
    this.in = in;
    this.skips = skips;
  }

  /** How many bytes were taken. */
  long position() {
    return before + position;
  }

  /** False at the end of the input; many writers leave out the end mark. */
  boolean readBlockOrEnd(byte[] block) throws IOException {
    if (position == limit && !fill()) {
      return false;
    }
    readFully(block, 0, block.length);
    return true;
  }

  void readFully(byte[] to, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      done += read(to, offset + done, length - done);
    }
  }

  int read(byte[] to, int offset, int length) throws IOException {
    if (position == limit && !fill()) {
      throw new InvalidInputException(
          "Broken tar: the archive ends in the middle of an entry; it was cut short");
    }
    int n = Math.min(length, limit - position);
    System.arraycopy(buffer, position, to, offset, n);
    position += n;
    return n;
  }

  void skipFully(long count) throws IOException {
    long left = skipUpTo(count);
    if (left > 0) {
      throw new InvalidInputException(
          "Broken tar: the archive ends " + left + " bytes before its entry; it was cut short");
    }
  }

  /** Skips as far as the input goes; returns how much was missing. */
  long skipUpTo(long count) throws IOException {
    long left = count;
    while (left > 0 && (position < limit || fill())) {
      int n = (int) Math.min(left, limit - position);
      position += n;
      left -= n;
      if (skips && left > 0) {
        long skipped = in.skip(left);
        before += skipped;
        left -= skipped;
      }
    }
    return left;
  }

  void drain() throws IOException {
    do {
      position = limit;
    } while (fill());
  }

  private boolean fill() throws IOException {
    before += position;
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }
}
