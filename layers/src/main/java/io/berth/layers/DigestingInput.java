package io.berth.layers;

import io.berth.oci.Digester;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts and hashes what is read. */
final class DigestingInput extends FilterInputStream {
  private final Digester digester;

  DigestingInput(InputStream in, Digester digester) {
    super(in);
    this.digester = digester;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    if (b >= 0) {
      digester.update(new byte[] {(byte) b});
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    if (n > 0) {
      digester.update(bytes, offset, n);
    }
    return n;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
