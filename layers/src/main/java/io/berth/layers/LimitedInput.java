package io.berth.layers;

import io.berth.error.InvalidInputException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Fails once more than so many bytes have come. */
final class LimitedInput extends FilterInputStream {
  private final long limit;
  private long count;

  LimitedInput(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    count(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    count(Math.max(0, n));
    return n;
  }

  @Override
  public long skip(long wanted) throws IOException {
    long n = super.skip(wanted);
    count(n);
    return n;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(long n) {
    count += n;
    if (count > limit) {
      throw new InvalidInputException(
          "Compressed content unpacks to more than the limit of "
              + limit
              + " bytes; raise the limit if it is meant to be so large");
    }
  }
}
